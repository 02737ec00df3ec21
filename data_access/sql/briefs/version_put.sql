-- purpose: a version more of a brief
-- grain: one row a version
-- params: brief_id String, scenario String, version Int32, scenario_version Int32, brief String, assets String
-- params: , person String, save String
INSERT INTO brief_versions (brief_id, scenario_id, version, scenario_version, brief, assets, author, save_id)
VALUES (
    CAST(:brief_id AS UUID), CAST(:scenario AS UUID), :version, :scenario_version, CAST(:brief AS JSON),
    CAST(:assets AS JSON), :person, CAST(:save AS UUID)
)
