-- purpose: who did anything, as far as somebody may see it
-- grain: one row a person with a pseudonym
-- params: sees_all Bool, seen Array(String), of_company Array(String)
SELECT pseudonym, coalesce(name, '') AS name
FROM persons
WHERE EXISTS (
    SELECT 1
    FROM audit_log AS a
    WHERE a.actor = persons.pseudonym
        AND (
            :sees_all OR a.klaviyo_public_id = ANY(:seen)
            OR (a.klaviyo_public_id IS NULL AND a.object_type = ANY(:of_company))
        )
)
