-- purpose: the planners' settings as they were saved, the newest first
-- grain: one row a version
-- reads: promo_settings
-- params: most Int32
SELECT version, CAST(settings AS VARCHAR) AS settings, coalesce(author, '') AS author, created_at
FROM promo_settings
ORDER BY version DESC
LIMIT :most
