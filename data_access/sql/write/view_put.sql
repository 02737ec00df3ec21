-- purpose: keep a new view
-- grain: one row a view
-- params: id String, account String, name String, page String, filters String, person String, shared Bool
INSERT INTO saved_views (id, klaviyo_public_id, name, page, filters, owner, shared)
VALUES (CAST(:id AS UUID), :account, :name, :page, CAST(:filters AS JSON), :person, :shared)
