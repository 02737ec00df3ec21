-- purpose: the newest run of each kind, account and state
-- grain: one row a kind, account and state; newest first
SELECT run_id, kind, klaviyo_public_id, state, started_by, details, error, started_at, finished_at
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY kind, coalesce(klaviyo_public_id, ''), state ORDER BY started_at DESC, run_id DESC
        ) AS place
    FROM operation_runs
) AS runs
WHERE place = 1
ORDER BY started_at DESC, run_id DESC
