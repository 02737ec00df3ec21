-- purpose: the exchange rates into a currency, newest first
-- grain: one row a date and pair of currencies
-- params: currency String
-- reads: exchange_rates
SELECT date, base, quote, rate, source
FROM exchange_rates
WHERE quote = :currency OR base = :currency
ORDER BY date DESC, base, quote
