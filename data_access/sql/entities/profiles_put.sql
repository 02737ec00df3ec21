-- purpose: creates one of the profiles, or updates it; when it was created stays
-- grain: one row a profile
-- params: account String, id String, email Nullable(String), phone_number Nullable(String)
-- params: , external_id Nullable(String), first_name Nullable(String), last_name Nullable(String)
-- params: , created_at Nullable(DateTime64(6)), updated_at Nullable(DateTime64(6)), properties Nullable(String)
-- params: , last_event_date Nullable(DateTime64(6))
UPDATE klaviyo_profiles SET
    email = CAST(:email AS VARCHAR), phone_number = CAST(:phone_number AS VARCHAR), external_id = CAST(:external_id
    AS VARCHAR), first_name = CAST(:first_name AS VARCHAR), last_name = CAST(:last_name AS VARCHAR), updated_at =
    CAST(:updated_at AS TIMESTAMPTZ), properties = CAST(:properties AS JSON), last_event_date =
    CAST(:last_event_date AS TIMESTAMPTZ), is_stub = false, deleted_at = NULL
WHERE klaviyo_public_id = :account AND id = :id
-- @next
INSERT INTO klaviyo_profiles
    (klaviyo_public_id, id, email, phone_number, external_id, first_name, last_name, created_at, updated_at,
    properties, last_event_date)
SELECT
    :account, :id, CAST(:email AS VARCHAR), CAST(:phone_number AS VARCHAR), CAST(:external_id AS VARCHAR),
    CAST(:first_name AS VARCHAR), CAST(:last_name AS VARCHAR), CAST(:created_at AS TIMESTAMPTZ), CAST(:updated_at AS
    TIMESTAMPTZ), CAST(:properties AS JSON), CAST(:last_event_date AS TIMESTAMPTZ)
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles WHERE klaviyo_public_id = :account AND id = :id)
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id) VALUES (:account, :id)
