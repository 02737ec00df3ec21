-- purpose: take out what was found before this transaction of days up to one, earlier months' with it, but what scenarios
-- purpose: were begun from
-- grain: one row an opportunity
-- params: last Date32
DELETE FROM opportunities
WHERE date_start <= :last AND created_at < now()
    AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS s WHERE s.source_opportunity_id = opportunities.id)
    AND NOT EXISTS (SELECT 1 FROM scenario_versions AS v WHERE v.source_opportunity_id = opportunities.id)
