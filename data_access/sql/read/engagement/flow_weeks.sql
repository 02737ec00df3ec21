-- purpose: what each flow brought by week back from a day, thirteen of them
-- grain: one row a flow, channel and week in which it sent; week 0 ends on that day
-- params: weeks_start Date32, end Date32
-- reads: flows_by_day
SELECT
    flow_id AS flow_id, send_channel AS channel,
    CAST(floor(date_diff('day', date, CAST(:end AS DATE)) / 7) AS INTEGER) AS week,
    CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value
FROM flows_by_day
WHERE date BETWEEN :weeks_start AND :end
GROUP BY flow_id, channel, week
