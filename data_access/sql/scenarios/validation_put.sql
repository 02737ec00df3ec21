-- purpose: the current validation of a scenario takes the place of the one before
-- grain: one row a scenario
-- params: scenario String, status String, issues String, score Int32
INSERT INTO validation_reports (scenario_id, status, issues, overall_score)
VALUES (CAST(:scenario AS UUID), :status, CAST(:issues AS JSON), :score)
ON CONFLICT (scenario_id)
DO UPDATE SET status = excluded.status, issues = excluded.issues, overall_score = excluded.overall_score,
    created_at = now()
