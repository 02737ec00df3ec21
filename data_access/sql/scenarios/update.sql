-- purpose: put what was saved in the place of what a scenario was
-- grain: one row a scenario
-- params: scenario String, label String, start Date32, end Date32, type Nullable(String), mechanics String, notes String
-- params: , opportunity Nullable(String), model Nullable(String), person String, version Int32
UPDATE promo_scenarios
SET label = :label, source_opportunity_id = CAST(:opportunity AS UUID), date_range_start = :start, date_range_end = :end,
    scenario_type = :type, mechanics = CAST(:mechanics AS JSON), state = 'draft', version = :version,
    model_version = :model, notes = :notes, updated_by = :person, updated_at = now()
WHERE id = CAST(:scenario AS UUID)
