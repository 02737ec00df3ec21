-- purpose: remove a view
-- grain: one row a view
-- params: id String
DELETE FROM saved_views WHERE id = CAST(:id AS UUID)
