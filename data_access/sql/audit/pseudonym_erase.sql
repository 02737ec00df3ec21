-- purpose: nobody can tell any more who stands behind a pseudonym; that it is one stays known, so that a backup does not
-- purpose: bring the name back
-- grain: one row a pseudonym of the name
-- params: name String
UPDATE persons SET name = NULL, erased_at = now() WHERE name = :name
