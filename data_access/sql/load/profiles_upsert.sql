-- purpose: profiles as they are now: the newest `updated_at` wins, `created_at` stays, what one source lacks is kept
-- grain: one row a profile
-- params: account String
DROP TABLE IF EXISTS changing_profiles
-- @next
CREATE TEMP TABLE changing_profiles AS
SELECT s.*, p.email AS old_email, p.is_stub AS was_stub
FROM arriving_profiles AS s
JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = s.id
WHERE p.is_stub OR s.updated_at > p.updated_at
    OR (s.updated_at = p.updated_at AND s.subscriptions IS NOT NULL AND json_extract(p.subscriptions, '$') IS DISTINCT FROM json_extract(s.subscriptions, '$'))
    OR (s.updated_at = p.updated_at AND s.predictive_analytics IS NOT NULL
        AND json_extract(p.predictive_analytics, '$') IS DISTINCT FROM json_extract(s.predictive_analytics, '$'))
-- @next
UPDATE klaviyo_profiles SET
    email = s.email,
    phone_number = s.phone_number,
    external_id = s.external_id,
    first_name = s.first_name,
    last_name = s.last_name,
    created_at = CASE WHEN s.was_stub THEN s.created_at ELSE klaviyo_profiles.created_at END,
    updated_at = s.updated_at,
    properties = CAST(s.properties AS JSON),
    last_event_date = coalesce(s.last_event_date, klaviyo_profiles.last_event_date),
    location = CAST(s.location AS JSON),
    subscriptions = coalesce(json_extract(s.subscriptions, '$'), klaviyo_profiles.subscriptions),
    predictive_analytics = coalesce(json_extract(s.predictive_analytics, '$'), klaviyo_profiles.predictive_analytics),
    is_stub = false,
    deleted_at = NULL
FROM changing_profiles AS s
WHERE klaviyo_profiles.klaviyo_public_id = :account AND klaviyo_profiles.id = s.id
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'profile', id, nextval('ingest_seq')
FROM changing_profiles WHERE lower(email) IS DISTINCT FROM lower(old_email)
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'profiles', 'rows', 'profiles', nextval('ingest_seq')
WHERE EXISTS (SELECT 1 FROM changing_profiles) OR EXISTS (
    SELECT 1 FROM arriving_profiles AS s
    WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = :account AND p.id = s.id)
)
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id)
SELECT :account, id FROM changing_profiles
UNION ALL
SELECT :account, s.id
FROM arriving_profiles AS s
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = :account AND p.id = s.id)
-- @next
INSERT INTO klaviyo_profiles
    (klaviyo_public_id, id, email, phone_number, external_id, first_name, last_name, created_at, updated_at, properties,
        last_event_date, location, subscriptions, predictive_analytics, is_stub)
SELECT
    :account, s.id, s.email, s.phone_number, s.external_id, s.first_name, s.last_name, s.created_at, s.updated_at,
    CAST(s.properties AS JSON), s.last_event_date, CAST(s.location AS JSON), CAST(s.subscriptions AS JSON),
    CAST(s.predictive_analytics AS JSON), false
FROM arriving_profiles AS s
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = :account AND p.id = s.id)
