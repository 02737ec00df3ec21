-- purpose: the last run of each account, where it failed
-- grain: one row an account whose last run failed
SELECT klaviyo_public_id AS account, error, finished_at
FROM sync_jobs
QUALIFY row_number() OVER (PARTITION BY klaviyo_public_id ORDER BY created_at DESC) = 1 AND state = 'failed'
