-- purpose: what one flow sent and brought by day, as Klaviyo counts it
-- grain: one row a day
-- params: flow String, start Date32, end Date32
-- reads: flows_by_day
SELECT
    date AS date, sum(recipients) AS recipients, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value
FROM flows_by_day
WHERE flow_id = :flow AND date BETWEEN :start AND :end
GROUP BY date
ORDER BY date
