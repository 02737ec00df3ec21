-- purpose: where merged profiles ended, however often they were merged; of a circle it is the least id
-- grain: one row a merged profile
-- params: account String
WITH RECURSIVE walk AS (
    SELECT id, merged_into AS target
    FROM klaviyo_profiles
    WHERE klaviyo_public_id = :account AND merged_into IS NOT NULL
    UNION
    SELECT w.id, p.merged_into
    FROM walk AS w
    JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = w.target
    WHERE p.merged_into IS NOT NULL
),
circles AS (
    SELECT id FROM walk WHERE id = target
)
SELECT w.id, min(w.target) AS target
FROM walk AS w
LEFT JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = w.target AND p.merged_into IS NOT NULL
WHERE p.id IS NULL OR w.target IN (SELECT id FROM circles)
GROUP BY w.id
