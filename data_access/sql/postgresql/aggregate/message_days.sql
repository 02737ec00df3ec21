-- purpose: rebuilds what became of messages, by message and by mailbox, for the days of touched_days
-- grain: one row a day, kind of source, channel and message; one a day, day of sending, kind of source, channel and domain
-- params: account String, timezone String, range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM message_days WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM stale_days)
-- @next
DELETE FROM mailbox_days WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM stale_days)
-- @next
CREATE TEMP TABLE counted_messages AS
WITH told AS (
    SELECT
        CAST(e.timestamp AT TIME ZONE :timezone AS DATE) AS date, r.channel, r.engagement, e.profile_id,
        e.properties ->> '$message' AS message, e.properties ->> '$flow' AS flow,
        e.properties ->> 'Email Domain' AS domain, e.properties ->> '$_cohort$message_send_cohort' AS cohort,
        e.properties ->> CASE r.engagement WHEN 'opened' THEN 'machine_open' WHEN 'clicked' THEN 'Bot Click' END AS machine
    FROM klaviyo_events AS e
    JOIN metric_roles AS r ON r.metric_id = e.metric_id
    WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
), events AS (
    SELECT
        t.date, CASE WHEN coalesce(t.flow, '') = '' THEN 'campaign' ELSE 'flow' END AS source_type, t.channel,
        coalesce(t.message, '') AS message_id, t.profile_id, t.engagement,
        coalesce(CAST(to_timestamp(
            CAST(substring(t.cohort FROM '^([0-9]{1,10}):') AS BIGINT)
        ) AT TIME ZONE :timezone AS DATE), t.date) AS sent_on,
        CASE WHEN t.channel = 'email'
            THEN coalesce(nullif(lower(t.domain), ''), lower(split_part(p.email, '@', 2)), '') ELSE '' END AS domain,
        coalesce(lower(t.machine), 'false') IN ('true', '1', 'yes') AS machine
    FROM told AS t
    LEFT JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = t.profile_id
    WHERE t.date IN (SELECT date FROM touched_days)
)
SELECT
    date, sent_on, source_type, channel, message_id, domain,
    count(*) FILTER (WHERE engagement = 'received') AS received,
    count(*) FILTER (WHERE engagement = 'opened') AS opened,
    count(*) FILTER (WHERE engagement = 'opened' AND machine) AS machine_opened,
    count(DISTINCT CASE WHEN engagement = 'opened' AND NOT machine THEN profile_id END) AS openers,
    count(*) FILTER (WHERE engagement = 'clicked') AS clicked,
    count(*) FILTER (WHERE engagement = 'clicked' AND machine) AS bot_clicked,
    count(DISTINCT CASE WHEN engagement = 'clicked' AND NOT machine THEN profile_id END) AS clickers,
    count(*) FILTER (WHERE engagement = 'bounced') AS bounced,
    count(*) FILTER (WHERE engagement = 'unsubscribed') AS unsubscribed,
    count(*) FILTER (WHERE engagement = 'marked_spam') AS marked_spam
FROM events
GROUP BY date, sent_on, source_type, channel, message_id, domain
-- @next
INSERT INTO message_days (
    klaviyo_public_id, date, source_type, channel, message_id, received, opened, machine_opened, openers, clicked,
    bot_clicked, clickers, bounced, unsubscribed, marked_spam
)
SELECT
    :account, date, source_type, channel, message_id, sum(received), sum(opened), sum(machine_opened), sum(openers),
    sum(clicked), sum(bot_clicked), sum(clickers), sum(bounced), sum(unsubscribed), sum(marked_spam)
FROM counted_messages
GROUP BY date, source_type, channel, message_id
-- @next
INSERT INTO mailbox_days (
    klaviyo_public_id, date, sent_on, source_type, channel, domain, received, opened, machine_opened, openers, clicked,
    bot_clicked, clickers, bounced, unsubscribed, marked_spam
)
SELECT
    :account, date, sent_on, source_type, channel, domain, sum(received), sum(opened), sum(machine_opened), sum(openers),
    sum(clicked), sum(bot_clicked), sum(clickers), sum(bounced), sum(unsubscribed), sum(marked_spam)
FROM counted_messages
GROUP BY date, sent_on, source_type, channel, domain
-- @next
DROP TABLE counted_messages
