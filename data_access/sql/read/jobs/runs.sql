-- purpose: an account's runs that began in a span of time, newest first
-- grain: one row a run
-- params: since DateTime64(6), until DateTime64(6)
-- reads: sync_jobs
SELECT
    job_id, kind, state, started_by,
    CAST(extract(epoch FROM coalesce(started_at, created_at)) AS DOUBLE PRECISION) AS started,
    CAST(extract(epoch FROM finished_at) AS DOUBLE PRECISION) AS finished,
    CAST(counts ->> 'events' AS DOUBLE PRECISION) AS events,
    CAST(counts ->> 'events_per_second' AS DOUBLE PRECISION) AS rate,
    CAST(counts ->> 'requests' AS DOUBLE PRECISION) AS requests,
    CAST(counts ->> 'rejected' AS DOUBLE PRECISION) AS rejected,
    error
FROM sync_jobs
WHERE created_at >= :since AND created_at < :until
ORDER BY created_at DESC, job_id DESC
