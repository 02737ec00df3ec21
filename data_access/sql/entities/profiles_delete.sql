-- purpose: deletes a profile; where events name it, a stub without personal data stays
-- grain: one row a profile
-- params: account String, id String
DELETE FROM klaviyo_profiles
WHERE klaviyo_public_id = :account AND id = :id
    AND NOT EXISTS (SELECT 1 FROM klaviyo_events WHERE klaviyo_public_id = :account AND profile_id = :id)
-- @next
UPDATE klaviyo_profiles SET
    email = NULL, phone_number = NULL, external_id = NULL, first_name = NULL, last_name = NULL, properties = NULL,
    location = NULL, subscriptions = NULL, predictive_analytics = NULL, is_stub = true, deleted_at = now()
WHERE klaviyo_public_id = :account AND id = :id
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id) VALUES (:account, :id)
