-- purpose: takes a piece of work, provided that nobody has changed its row since it was read
-- grain: one row, none where somebody was first
-- params: account String, work String, slot DateTime64(6), version Int64, owner String, until DateTime64(6),
-- params: now DateTime64(6), failures Int32
UPDATE scheduled_work SET
    slot = :slot, state = 'running', version = version + 1, lease_owner = :owner, lease_until = :until,
    started_at = :now, finished_at = NULL, retry_at = NULL, failures = :failures
WHERE klaviyo_public_id = :account AND work = :work AND version = :version
