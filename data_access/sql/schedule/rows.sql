-- purpose: all work that the clock knows, with how it last went
-- grain: one row a piece of work and account
SELECT
    klaviyo_public_id, work, slot, state, version, lease_owner, lease_until, started_at, finished_at, succeeded_at,
    failures, retry_at, message
FROM scheduled_work
ORDER BY klaviyo_public_id, work
