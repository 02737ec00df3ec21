-- purpose: what each flow sent and brought by week back from a day, for 13 weeks
-- grain: one row a flow and week in which it sent; week 0 ends on that day
-- params: weeks_start Date32, end Date32
-- reads: flow_statistics
SELECT
    flow_id AS flow_id, max(flow_name) AS name,
    CAST(floor(date_diff('day', date, CAST(:end AS DATE)) / 7) AS INTEGER) AS week,
    sum(recipients) AS recipients, sum(conversions) AS orders, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value
FROM flow_statistics
WHERE date BETWEEN :weeks_start AND :end
GROUP BY flow_id, week
