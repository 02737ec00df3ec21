-- purpose: where a promotion would pay
-- grain: one row, none where it is not there
-- params: opportunity String
-- reads: opportunities
SELECT department, channel, date_start, date_end, discount_pct, coalesce(reason, '') AS reason
FROM opportunities
WHERE id = CAST(:opportunity AS UUID)
