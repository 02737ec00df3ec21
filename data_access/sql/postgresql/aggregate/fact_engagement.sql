-- purpose: rebuilds engagement by event date for the days of touched_days; bots and machine opens are out
-- grain: one row a day, channel and kind; rate = count / received of that day and channel × 100, NULL without
-- params: account String, timezone String, range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM fact_engagement WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM stale_days)
-- @next
INSERT INTO fact_engagement (klaviyo_public_id, date, channel, metric_type, count, rate)
WITH counted AS (
    SELECT date, channel, engagement, count(*) AS events
    FROM (
        SELECT CAST(e.timestamp AT TIME ZONE :timezone AS DATE) AS date, r.channel, r.engagement
        FROM klaviyo_events AS e
        JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement NOT IN ('opened', 'clicked')
        WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
        UNION ALL
        SELECT CAST(e.timestamp AT TIME ZONE :timezone AS DATE), r.channel, r.engagement
        FROM klaviyo_events AS e
        JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement IN ('opened', 'clicked')
        WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
            AND coalesce(lower(
                e.properties ->> CASE r.engagement WHEN 'opened' THEN 'machine_open' ELSE 'Bot Click' END
            ), 'false') NOT IN ('true', '1', 'yes')
    ) AS events
    WHERE date IN (SELECT date FROM touched_days)
    GROUP BY date, channel, engagement
)
SELECT
    :account, c.date, c.channel, c.engagement, c.events,
    div(2 * CAST(c.events AS NUMERIC) * 10000 + r.events, 2 * r.events) * 0.01
FROM counted AS c
LEFT JOIN counted AS r ON r.date = c.date AND r.channel = c.channel AND r.engagement = 'received'
