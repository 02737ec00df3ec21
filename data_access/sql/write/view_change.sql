-- purpose: give a view another name, share it or keep it to its owner
-- grain: one row a view
-- params: id String, name String, shared Bool
UPDATE saved_views SET name = :name, shared = :shared, updated_at = now() WHERE id = CAST(:id AS UUID)
