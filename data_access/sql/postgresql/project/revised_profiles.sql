-- purpose: profiles that were merged or got another e-mail: the customer that they are now
-- grain: one row a profile on the work list, and one a profile that was merged into the same
-- params: account String, touched_upto Int64
SELECT
    t.key AS profile_id,
    coalesce(m.target, t.key) AS customer_id,
    coalesce(nullif(lower_text(trim_text(p.email)), ''), m.target, t.key) AS customer_email
FROM (
    SELECT key FROM touched
    WHERE klaviyo_public_id = :account AND kind = 'profile' AND seq <= :touched_upto
    UNION
    SELECT other.id
    FROM touched AS named
    LEFT JOIN merged_profiles AS mine ON mine.id = named.key
    JOIN merged_profiles AS other ON other.target = coalesce(mine.target, named.key)
    WHERE named.klaviyo_public_id = :account AND named.kind = 'profile' AND named.seq <= :touched_upto
) AS t
LEFT JOIN merged_profiles AS m ON m.id = t.key
LEFT JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = coalesce(m.target, t.key)
