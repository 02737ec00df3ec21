-- purpose: whether a scenario is there
-- grain: one row, none where it is not
-- params: scenario String
SELECT coalesce(version, 1) AS version FROM promo_scenarios WHERE id = CAST(:scenario AS UUID)
