-- purpose: every grant, for admins
-- grain: one row a grant
SELECT CAST(id AS VARCHAR) AS id, person, role, klaviyo_public_id, pii, granted_by, created_at
FROM grants
ORDER BY person, role, klaviyo_public_id NULLS FIRST
