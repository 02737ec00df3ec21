-- purpose: what a save, told by its own id, has left behind: nothing unless it was done before
-- grain: one row a save
-- params: save String
SELECT CAST(id AS VARCHAR) AS report_id, version FROM post_mortem_reports WHERE save_id = CAST(:save AS UUID)
