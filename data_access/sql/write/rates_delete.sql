-- purpose: forget exchange rates
-- grain: one row a date and pair of currencies
DELETE FROM exchange_rates AS r
USING old_rates AS o
WHERE r.date = o.date AND r.base = o.base AND r.quote = o.quote
