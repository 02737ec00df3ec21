-- purpose: what each flow sent and brought by week back from a day. Each week is told in two parts, so that weeks which
-- purpose: end some days earlier can be put together from the same rows
-- grain: one row a flow, week and part in which it sent; week 0 ends on the day, part 1 is what lies at least
-- grain: `ripe_days` back in its week
-- params: weeks_start Date32, end Date32, ripe_days Int32
-- reads: flow_statistics
SELECT
    flow_id AS flow_id, max(flow_name) AS name,
    CAST(floor(date_diff('day', date, CAST(:end AS DATE)) / 7) AS INTEGER) AS week,
    CASE WHEN date_diff('day', date, CAST(:end AS DATE)) % 7 >= :ripe_days THEN 1 ELSE 0 END AS part,
    sum(recipients) AS recipients, sum(conversions) AS orders, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value
FROM flow_statistics
WHERE date BETWEEN :weeks_start AND :end
GROUP BY flow_id, week, part
