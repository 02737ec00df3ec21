-- purpose: a stub for each profile that the batch's events name and nobody has delivered (deleted, or not fetched yet)
-- grain: one row a profile
-- params: account String
INSERT INTO klaviyo_profiles (klaviyo_public_id, id, created_at, updated_at, is_stub)
SELECT :account, s.profile_id, min(s.timestamp), min(s.timestamp), true
FROM (SELECT profile_id, timestamp FROM arriving_events) AS s
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = :account AND p.id = s.profile_id)
GROUP BY s.profile_id
