-- purpose: a scenario takes a step: another state, a version more
-- grain: one row a scenario
-- params: scenario String, state String, version Int32, person String
UPDATE promo_scenarios
SET state = :state, version = :version, updated_by = :person, updated_at = now()
WHERE id = CAST(:scenario AS UUID)
