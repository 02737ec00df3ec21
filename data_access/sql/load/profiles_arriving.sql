-- purpose: the batch's profiles, the newest state of each
-- grain: one row a profile
DROP TABLE IF EXISTS arriving_profiles
-- @next
CREATE TEMP TABLE arriving_profiles AS
SELECT *
FROM (
    SELECT *,
        row_number() OVER (PARTITION BY id ORDER BY updated_at DESC, (subscriptions IS NULL), place DESC) AS nth
    FROM (SELECT *, row_number() OVER () AS place FROM staged_profiles) AS placed
) AS told
WHERE nth = 1
