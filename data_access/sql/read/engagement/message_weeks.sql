-- purpose: what each message of one flow brought by week back from a day, thirteen of them
-- grain: one row a message and week in which it sent; week 0 ends on that day
-- params: flow String, weeks_start Date32, end Date32
-- reads: flow_statistics
SELECT
    flow_message_id AS message_id,
    CAST(floor(date_diff('day', date, CAST(:end AS DATE)) / 7) AS INTEGER) AS week,
    CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value
FROM flow_statistics
WHERE flow_id = :flow AND date BETWEEN :weeks_start AND :end
GROUP BY message_id, week
