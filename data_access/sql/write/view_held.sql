-- purpose: one view, and the views of a person by a name, before one is written
-- grain: one row a view
-- params: id String, person String, name String
SELECT
    CAST(id AS VARCHAR) AS id, klaviyo_public_id AS account, name, page, CAST(filters AS VARCHAR) AS filters, owner,
    shared
FROM saved_views
WHERE id = CAST(:id AS UUID) OR (owner = :person AND lower(name) = lower(:name))
