-- purpose: the exchange rates that turn other currencies into the account's
-- grain: one row a date and pair
-- params: currency String
SELECT date, upper(base) AS base, upper(quote) AS quote, rate
FROM exchange_rates
WHERE upper(base) <> upper(quote) AND (upper(base) = :currency OR upper(quote) = :currency)
ORDER BY date, base, quote
