-- purpose: the profiles that a person may mean
-- grain: one row a profile
-- params: account String, asked String
SELECT id, email, phone_number, external_id, first_name, last_name
FROM klaviyo_profiles
WHERE klaviyo_public_id = :account
    AND (id = :asked OR external_id = :asked OR phone_number = :asked OR lower(trim(email)) = lower(:asked))
