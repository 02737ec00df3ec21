-- purpose: the newest post-mortem of a promotion, before it is written
-- grain: one row, none where there is none
-- params: scenario String, promotion String
SELECT
    CAST(id AS VARCHAR) AS report_id, coalesce(version, 1) AS version, coalesce(state, 'closed') AS state,
    CAST(save_id AS VARCHAR) AS save_id, coalesce(author, '') AS author
FROM post_mortem_reports
WHERE scenario_id = CAST(:scenario AS UUID) OR promo_catalog_id = CAST(:promotion AS UUID)
ORDER BY coalesce(version, 1) DESC, created_at DESC
LIMIT 1
