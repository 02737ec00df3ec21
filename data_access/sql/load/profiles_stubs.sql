-- purpose: a stub for each profile that the batch's events name and nobody has delivered (deleted, or not fetched yet);
-- its dates are those of its first event, in whatever order the events come
-- grain: one row a profile
-- params: account String
DROP TABLE IF EXISTS named_profiles
-- @next
CREATE TEMP TABLE named_profiles AS
SELECT s.profile_id, min(s.timestamp) AS first_event
FROM (SELECT profile_id, timestamp FROM arriving_events) AS s
GROUP BY s.profile_id
-- @next
UPDATE klaviyo_profiles SET created_at = s.first_event, updated_at = s.first_event
FROM named_profiles AS s
WHERE klaviyo_profiles.klaviyo_public_id = :account AND klaviyo_profiles.id = s.profile_id
    AND klaviyo_profiles.is_stub AND s.first_event < klaviyo_profiles.created_at
-- @next
INSERT INTO klaviyo_profiles (klaviyo_public_id, id, created_at, updated_at, is_stub)
SELECT :account, s.profile_id, s.first_event, s.first_event, true
FROM named_profiles AS s
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = :account AND p.id = s.profile_id)
