-- purpose: keep the first brief of a scenario
-- grain: one row a brief
-- params: brief_id String, scenario String, scenario_version Int32, brief String, assets String, person String
INSERT INTO creative_briefs (id, scenario_id, brief, assets, version, scenario_version, updated_by)
VALUES (
    CAST(:brief_id AS UUID), CAST(:scenario AS UUID), CAST(:brief AS JSON), CAST(:assets AS JSON), 1,
    :scenario_version, :person
)
