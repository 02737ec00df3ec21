-- purpose: how a piece of work ended, unless somebody else has taken it over
-- grain: one row
-- params: account String, work String, owner String, state String, now DateTime64(6), succeeded Bool,
-- params: failures Int32, retry_at Nullable(DateTime64(6)), message String, result Nullable(String)
UPDATE scheduled_work SET
    state = :state, version = version + 1, lease_owner = NULL, lease_until = NULL, finished_at = :now,
    succeeded_at = CASE WHEN :succeeded THEN :now ELSE succeeded_at END,
    failures = :failures, retry_at = :retry_at, message = :message, result = coalesce(json_extract(CAST(:result AS VARCHAR), '$'), result)
WHERE klaviyo_public_id = :account AND work = :work AND lease_owner = :owner AND state = 'running'
