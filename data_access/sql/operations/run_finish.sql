-- purpose: how a run of an operation ended
-- grain: one row
-- params: run String, state String, details String, error Nullable(String), now DateTime64(6)
UPDATE operation_runs
SET state = :state, details = CAST(:details AS JSON), error = :error, finished_at = :now
WHERE run_id = :run
