-- purpose: put what was saved in the place of what a brief was
-- grain: one row a brief
-- params: brief_id String, version Int32, scenario_version Int32, brief String, assets String, person String
UPDATE creative_briefs
SET brief = CAST(:brief AS JSON), assets = CAST(:assets AS JSON), version = :version,
    scenario_version = :scenario_version, updated_by = :person, updated_at = now()
WHERE id = CAST(:brief_id AS UUID)
