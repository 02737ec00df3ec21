-- purpose: what a save, told by its own id, has left behind: nothing unless it was done before
-- grain: one row a save
-- params: save String
SELECT CAST(scenario_id AS VARCHAR) AS scenario_id, version FROM scenario_versions WHERE save_id = CAST(:save AS UUID)
