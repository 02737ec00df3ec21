-- purpose: lists and segments with what they are
-- grain: one row a list or segment; active is NULL for a list
-- reads: klaviyo_lists, klaviyo_segments
SELECT 'list' AS kind, list_id AS id, name, opt_in_process, CAST(NULL AS BOOLEAN) AS active, created_at, tags FROM klaviyo_lists
UNION ALL
SELECT 'segment', segment_id, name, NULL, is_active, created_at, tags FROM klaviyo_segments
