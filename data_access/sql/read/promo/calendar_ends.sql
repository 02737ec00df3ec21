-- purpose: between which days there are promotions at all, run or planned
-- grain: one row
-- reads: promo_catalog, promo_scenarios
SELECT min(days.first_day) AS first_day, max(days.last_day) AS last_day
FROM (
    SELECT min(date_start) AS first_day, max(date_end) AS last_day FROM promo_catalog
    UNION ALL
    SELECT min(date_range_start), max(date_range_end) FROM promo_scenarios
    WHERE coalesce(state, 'draft') IN ('draft', 'submitted', 'approved')
) AS days
