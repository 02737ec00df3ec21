-- purpose: who stands behind pseudonyms
-- grain: one row a person whose name was not erased
SELECT pseudonym, name FROM persons WHERE name IS NOT NULL
