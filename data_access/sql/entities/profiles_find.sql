-- purpose: profiles of an address, a number or an external id; what is not asked for does not matter
-- grain: one row a profile
-- params: account String, email Nullable(String), phone Nullable(String), external Nullable(String)
SELECT
    id, email, phone_number, external_id, first_name, last_name, created_at, updated_at, CAST(properties AS VARCHAR)
    AS properties, last_event_date
FROM klaviyo_profiles
WHERE klaviyo_public_id = :account
    AND (CAST(:email AS VARCHAR) IS NULL OR email = CAST(:email AS VARCHAR))
    AND (CAST(:phone AS VARCHAR) IS NULL OR phone_number = CAST(:phone AS VARCHAR))
    AND (CAST(:external AS VARCHAR) IS NULL OR external_id = CAST(:external AS VARCHAR))
ORDER BY id
