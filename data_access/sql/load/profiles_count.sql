-- purpose: how many profiles a batch brought
-- grain: one row
SELECT count(*) AS profiles FROM arriving_profiles
