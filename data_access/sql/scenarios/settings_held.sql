-- purpose: the planners' settings before others are saved
-- grain: one row, none where nothing was saved
SELECT version, CAST(settings AS VARCHAR) AS settings FROM promo_settings ORDER BY version DESC LIMIT 1
