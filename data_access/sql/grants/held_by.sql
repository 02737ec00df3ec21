-- purpose: what was granted to a person and to their groups
-- grain: one row a grant
-- params: holders Array(String)
SELECT CAST(id AS VARCHAR) AS id, person, role, klaviyo_public_id, pii, granted_by, created_at
FROM grants
WHERE person = ANY(:holders)
ORDER BY person, role, klaviyo_public_id NULLS FIRST
