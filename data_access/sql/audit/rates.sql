-- purpose: the exchange rates that stand under staged keys, before they are changed
-- grain: one row a date and pair of currencies
SELECT e.date, e.base, e.quote, e.rate
FROM exchange_rates AS e
JOIN noted_rates AS n ON n.date = e.date AND n.base = e.base AND n.quote = e.quote
