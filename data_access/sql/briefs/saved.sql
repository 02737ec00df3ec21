-- purpose: what a save, told by its own id, has left behind: nothing unless it was done before
-- grain: one row a save
-- params: save String
SELECT version FROM brief_versions WHERE save_id = CAST(:save AS UUID)
