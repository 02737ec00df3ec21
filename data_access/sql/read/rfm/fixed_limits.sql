-- purpose: the fixed limits of RFM scores that an admin set
-- grain: one row, none where nobody set any
-- reads: settings
SELECT CAST(value AS VARCHAR) AS value, version FROM settings WHERE key = 'rfm_limits'
