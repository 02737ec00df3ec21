-- purpose: keep exchange rates; those that stand already with the same value are left alone
-- grain: one row a date and pair of currencies
-- params: source String
INSERT INTO exchange_rates (date, base, quote, rate, source, updated_at)
SELECT n.date, n.base, n.quote, n.rate, :source, now()
FROM new_rates AS n
LEFT JOIN exchange_rates AS r ON r.date = n.date AND r.base = n.base AND r.quote = n.quote
WHERE r.rate IS NULL OR r.rate <> n.rate
ON CONFLICT (date, base, quote) DO UPDATE SET
    rate = excluded.rate, source = excluded.source, updated_at = excluded.updated_at
