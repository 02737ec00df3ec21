-- purpose: on which of some days each channel sold, which tells how far it is loaded
-- grain: one row a channel and day
-- params: since Date32, through Date32
-- reads: sales_aggregated
SELECT DISTINCT channel, date
FROM sales_aggregated
WHERE date BETWEEN :since AND :through
ORDER BY channel, date
