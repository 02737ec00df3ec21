-- purpose: lists as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_lists
-- params: account String
INSERT INTO klaviyo_lists
    (klaviyo_public_id, list_id, name, opt_in_process, created_at, updated_at, tags, metadata)
SELECT
    :account, s.list_id, s.name, s.opt_in_process, s.created_at, s.updated_at, s.tags, CAST(s.metadata AS JSON)
FROM staged_lists AS s
LEFT JOIN klaviyo_lists AS p ON p.klaviyo_public_id = :account AND p.list_id = s.list_id
WHERE p.list_id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.opt_in_process IS DISTINCT FROM s.opt_in_process
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR p.tags IS DISTINCT FROM s.tags
    OR json_extract(p.metadata, '$') IS DISTINCT FROM json_extract(s.metadata, '$')
ON CONFLICT (klaviyo_public_id, list_id) DO UPDATE SET
    name = excluded.name,
    opt_in_process = excluded.opt_in_process,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    tags = excluded.tags,
    metadata = excluded.metadata
