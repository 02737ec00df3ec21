-- purpose: the grant that another one would double
-- grain: one row at most
-- params: holder String, role String, account Nullable(String)
SELECT CAST(id AS VARCHAR) AS id, pii
FROM grants
WHERE person = :holder AND role = :role AND klaviyo_public_id IS NOT DISTINCT FROM CAST(:account AS VARCHAR)
