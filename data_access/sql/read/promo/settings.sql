-- purpose: the planners' settings that count now: those saved last
-- grain: one row, none where nothing was saved
-- reads: promo_settings
SELECT version, CAST(settings AS VARCHAR) AS settings, author, created_at
FROM promo_settings
ORDER BY version DESC
LIMIT 1
