-- purpose: which profile each entry of a list names: its id, or the e-mail of a profile that stands for itself first
-- grain: one row an entry; profile_id NULL where nobody is named by it
-- params: account String
WITH named AS (
    SELECT a.place, min(p.id) AS profile_id
    FROM holdout_listed AS a
    JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = a.entry
    GROUP BY a.place
),
mailed AS (
    SELECT
        a.place,
        coalesce(min(CASE WHEN p.merged_into IS NULL AND p.deleted_at IS NULL THEN p.id END), min(p.id)) AS profile_id
    FROM holdout_listed AS a
    JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND lower(p.email) = lower(a.entry)
    WHERE a.entry LIKE '%@%'
    GROUP BY a.place
)
SELECT a.place, coalesce(n.profile_id, m.profile_id) AS profile_id
FROM holdout_listed AS a
LEFT JOIN named AS n ON n.place = a.place
LEFT JOIN mailed AS m ON m.place = a.place
ORDER BY a.place
