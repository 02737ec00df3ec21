-- purpose: where merged profiles ended, however often they were merged
-- grain: one row a merged profile
-- params: account String
WITH RECURSIVE walk AS (
    SELECT id, merged_into AS target, 1 AS step
    FROM klaviyo_profiles
    WHERE klaviyo_public_id = :account AND merged_into IS NOT NULL
    UNION ALL
    SELECT w.id, p.merged_into, w.step + 1
    FROM walk AS w
    JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = w.target
    WHERE p.merged_into IS NOT NULL AND w.step < 32
),
last AS (
    SELECT id, target, row_number() OVER (PARTITION BY id ORDER BY step DESC) AS place FROM walk
)
SELECT id, target FROM last WHERE place = 1
