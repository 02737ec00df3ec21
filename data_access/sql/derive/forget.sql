-- purpose: what the derived tables of an account rest on is made anew: they are computed anew, too
-- grain: one row a derived table
-- params: account String
UPDATE derived_states SET dirty = true WHERE klaviyo_public_id = :account
-- @next
DELETE FROM derived_work WHERE klaviyo_public_id = :account
