-- purpose: a version more of a scenario: as it was saved, or the step that it took
-- grain: one row a version
-- params: scenario String, version Int32, state String, label String, start Date32, end Date32, type Nullable(String)
-- params: , mechanics String, notes String, opportunity Nullable(String), model Nullable(String), changes String
-- params: , kpis Nullable(String), validation Nullable(String), forecast Nullable(String), frozen Nullable(String)
-- params: , person String, comment Nullable(String), save String
INSERT INTO scenario_versions (
    scenario_id, version, state, mechanics, kpis, validation, author, comment, label, date_range_start, date_range_end,
    scenario_type, source_opportunity_id, notes, model_version, changes, forecast, frozen, save_id
)
VALUES (
    CAST(:scenario AS UUID), :version, :state, CAST(:mechanics AS JSON), CAST(:kpis AS JSON),
    CAST(:validation AS JSON), :person, CAST(:comment AS VARCHAR), :label, :start, :end, :type,
    CAST(:opportunity AS UUID), :notes, :model, CAST(:changes AS JSON), CAST(:forecast AS JSON),
    CAST(:frozen AS JSON), CAST(:save AS UUID)
)
