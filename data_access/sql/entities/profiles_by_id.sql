-- purpose: one of the account's profiles
-- grain: one row a profile
-- params: account String, id String
SELECT
    id, email, phone_number, external_id, first_name, last_name, created_at, updated_at, CAST(properties AS VARCHAR)
    AS properties, last_event_date
FROM klaviyo_profiles WHERE klaviyo_public_id = :account AND id = :id
