-- purpose: keep a new scenario
-- grain: one row a scenario
-- params: scenario String, label String, start Date32, end Date32, type Nullable(String), mechanics String, notes String
-- params: , opportunity Nullable(String), model Nullable(String), person String
INSERT INTO promo_scenarios (
    id, label, source_opportunity_id, date_range_start, date_range_end, scenario_type, mechanics, created_by, state,
    version, model_version, notes, updated_by
)
VALUES (
    CAST(:scenario AS UUID), :label, CAST(:opportunity AS UUID), :start, :end, :type, CAST(:mechanics AS JSON), :person,
    'draft', 1, :model, :notes, :person
)
