-- purpose: take a target out
-- grain: one row a month and geo
-- params: month String, geo String
DELETE FROM targets WHERE month = :month AND geo = :geo
