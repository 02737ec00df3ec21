-- purpose: what the profiles of an account are known by
-- grain: one row a profile
-- params: account String
SELECT id, email, phone_number, external_id FROM klaviyo_profiles WHERE klaviyo_public_id = :account
