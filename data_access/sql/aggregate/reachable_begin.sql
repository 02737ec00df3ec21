-- purpose: has everybody be looked at anew to see who can be reached
-- grain: one row a profile
-- params: account String
DELETE FROM reachable_people WHERE klaviyo_public_id = :account
-- @next
DELETE FROM merged_before WHERE klaviyo_public_id = :account
-- @next
DELETE FROM reach_changed WHERE klaviyo_public_id = :account
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id)
SELECT klaviyo_public_id, id FROM klaviyo_profiles WHERE klaviyo_public_id = :account AND NOT is_stub
