-- purpose: a pseudonym for a person who has none
-- grain: one row
-- params: pseudonym String, name String
INSERT INTO persons (pseudonym, name) VALUES (:pseudonym, :name)
