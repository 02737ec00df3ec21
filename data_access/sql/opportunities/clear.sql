-- purpose: take out what was found of some days before this transaction, but what scenarios were begun from
-- grain: one row an opportunity
-- params: first Date32, last Date32
DELETE FROM opportunities
WHERE date_start BETWEEN :first AND :last AND created_at < now()
    AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS s WHERE s.source_opportunity_id = opportunities.id)
    AND NOT EXISTS (SELECT 1 FROM scenario_versions AS v WHERE v.source_opportunity_id = opportunities.id)
