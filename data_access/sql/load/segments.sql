-- purpose: segments as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_segments
-- params: account String
INSERT INTO klaviyo_segments
    (klaviyo_public_id, segment_id, name, is_active, is_starred, is_processing, definition, created_at, updated_at,
    tags)
SELECT
    :account, s.segment_id, s.name, s.is_active, s.is_starred, s.is_processing, CAST(s.definition AS JSON),
    s.created_at, s.updated_at, s.tags
FROM staged_segments AS s
LEFT JOIN klaviyo_segments AS p ON p.klaviyo_public_id = :account AND p.segment_id = s.segment_id
WHERE p.segment_id IS NULL
    OR p.name IS DISTINCT FROM s.name
    OR p.is_active IS DISTINCT FROM s.is_active
    OR p.is_starred IS DISTINCT FROM s.is_starred
    OR p.is_processing IS DISTINCT FROM s.is_processing
    OR json_extract(p.definition, '$') IS DISTINCT FROM json_extract(s.definition, '$')
    OR p.created_at IS DISTINCT FROM s.created_at
    OR p.updated_at IS DISTINCT FROM s.updated_at
    OR p.tags IS DISTINCT FROM s.tags
ON CONFLICT (klaviyo_public_id, segment_id) DO UPDATE SET
    name = excluded.name,
    is_active = excluded.is_active,
    is_starred = excluded.is_starred,
    is_processing = excluded.is_processing,
    definition = excluded.definition,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at,
    tags = excluded.tags
