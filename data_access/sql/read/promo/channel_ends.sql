-- purpose: up to which day each channel is loaded, by the sales of some days
-- grain: one row a channel
-- params: since Date32, through Date32
-- reads: sales_aggregated
SELECT channel, max(date) AS last_day
FROM sales_aggregated
WHERE date BETWEEN :since AND :through
GROUP BY channel
ORDER BY channel
