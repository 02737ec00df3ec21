-- purpose: rebuilds how many profiles received how many messages, for the weeks of touched_weeks; stale_weeks go
-- grain: one row a week, channel ('' for all of them together) and number of messages
-- params: account String, timezone String, weeks_start DateTime64(6), weeks_end DateTime64(6)
DELETE FROM contact_weeks WHERE klaviyo_public_id = :account AND week IN (SELECT date FROM stale_weeks)
-- @next
INSERT INTO contact_weeks (klaviyo_public_id, week, channel, messages, profiles)
SELECT :account, week, channel, messages, count(*)
FROM (
    SELECT
        CAST(date_trunc('week', CAST(e.timestamp AT TIME ZONE :timezone AS DATE)) AS DATE) AS week,
        coalesce(r.channel, '') AS channel, e.profile_id, count(*) AS messages
    FROM klaviyo_events AS e
    JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement = 'received'
    WHERE e.klaviyo_public_id = :account AND e.timestamp >= :weeks_start AND e.timestamp < :weeks_end
    GROUP BY GROUPING SETS (
        (CAST(date_trunc('week', CAST(e.timestamp AT TIME ZONE :timezone AS DATE)) AS DATE), r.channel, e.profile_id),
        (CAST(date_trunc('week', CAST(e.timestamp AT TIME ZONE :timezone AS DATE)) AS DATE), e.profile_id)
    )
) AS sent
WHERE week IN (SELECT date FROM touched_weeks)
GROUP BY week, channel, messages
