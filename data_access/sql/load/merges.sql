-- purpose: known events that come under another profile: the profiles were merged, and the events follow
-- grain: one row a pair of profiles, an event
-- params: account String
CREATE TEMP TABLE merges AS
SELECT old_id, new_id
FROM (
    SELECT
        old_profile_id AS old_id, profile_id AS new_id,
        row_number() OVER (PARTITION BY old_profile_id ORDER BY count(*) DESC, profile_id) AS nth
    FROM known_events WHERE old_profile_id <> profile_id GROUP BY old_profile_id, profile_id
) AS m
WHERE nth = 1
-- @next
-- Two profiles that swap events within one batch would point at each other.
DELETE FROM merges WHERE EXISTS (
    SELECT 1 FROM merges AS other
    WHERE other.old_id = merges.new_id AND other.new_id = merges.old_id AND other.old_id < merges.old_id
)
-- @next
-- A profile that was merged and now stands alone again, or ends elsewhere: the orders of its other events, and of the
-- profiles that ended with it, are another customer's now, and only their events tell which are meant.
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'order_event', turned_events.id, nextval('ingest_seq')
FROM (
    WITH RECURSIVE turned AS (
        SELECT p.id
        FROM klaviyo_profiles AS p
        LEFT JOIN merges AS m ON m.old_id = p.id
        WHERE p.klaviyo_public_id = :account AND p.merged_into IS NOT NULL
            AND (p.id IN (SELECT new_id FROM merges) OR p.merged_into <> m.new_id)
        UNION
        SELECT p.id
        FROM turned AS t
        JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.merged_into = t.id
    )
    SELECT e.id FROM klaviyo_events AS e
    WHERE e.klaviyo_public_id = :account AND e.profile_id IN (SELECT id FROM turned)
) AS turned_events
-- @next
UPDATE klaviyo_profiles SET merged_into = NULL
WHERE klaviyo_public_id = :account AND merged_into IS NOT NULL AND id IN (SELECT new_id FROM merges)
-- @next
UPDATE klaviyo_profiles SET merged_into = m.new_id
FROM merges AS m
WHERE klaviyo_profiles.klaviyo_public_id = :account AND klaviyo_profiles.id = m.old_id
-- @next
UPDATE klaviyo_events SET profile_id = s.profile_id, raw_data = CAST(s.raw_data AS JSON)
FROM arriving_events AS s
JOIN known_events AS k ON k.id = s.id
WHERE klaviyo_events.klaviyo_public_id = :account AND klaviyo_events.id = s.id AND k.old_profile_id <> k.profile_id
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'profile', id, nextval('ingest_seq')
FROM (
    SELECT old_profile_id AS id FROM known_events WHERE old_profile_id <> profile_id
    UNION
    SELECT profile_id FROM known_events WHERE old_profile_id <> profile_id
) AS moved
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'order_event', id, nextval('ingest_seq')
FROM known_events WHERE old_profile_id <> profile_id
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', day, nextval('ingest_seq')
FROM (
    SELECT DISTINCT CAST(CAST(s.timestamp AT TIME ZONE 'UTC' AS DATE) AS VARCHAR) AS day
    FROM arriving_events AS s
    JOIN known_events AS k ON k.id = s.id
    WHERE k.old_profile_id <> k.profile_id
) AS days
