-- purpose: the last run of each account, where it failed
-- grain: one row an account whose last run failed
SELECT klaviyo_public_id AS account, error, finished_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY klaviyo_public_id ORDER BY created_at DESC) AS nth FROM sync_jobs
) AS runs
WHERE nth = 1 AND state = 'failed'
