-- purpose: the views that a person saved, and those that others share
-- grain: one row a view, by name
-- params: person String
-- reads: saved_views
SELECT
    CAST(id AS VARCHAR) AS id, klaviyo_public_id AS account, name, page, CAST(filters AS VARCHAR) AS filters, owner,
    shared
FROM saved_views
WHERE owner = :person OR shared
ORDER BY lower(name), owner, id
