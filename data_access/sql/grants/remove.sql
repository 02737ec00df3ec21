-- purpose: take a grant back
-- grain: one row a grant; two where it was given twice at once
-- params: holder String, role String, account Nullable(String)
DELETE FROM grants
WHERE person = :holder AND role = :role AND klaviyo_public_id IS NOT DISTINCT FROM CAST(:account AS VARCHAR)
