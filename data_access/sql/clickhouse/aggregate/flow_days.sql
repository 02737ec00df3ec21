-- purpose: rebuilds what flows sent by day and channel, each flow and all together, for the days of rebuild_days
-- grain: flow_days: one row a day and channel ('' where Klaviyo names none) with a flow's message; flows_by_day: one row
-- grain: a flow, day and channel; sums, NULL where no row has a number
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE rebuilt ENGINE = Memory AS
SELECT
    f.date AS date, coalesce(f.send_channel, '') AS channel,
    sum(f.recipients), sum(f.delivered), sum(f.bounced), sum(f.failed), sum(f.opens_unique), sum(f.clicks_unique),
    sum(f.conversion_uniques), sum(f.conversions), CAST(sum(f.conversion_value) AS DECIMAL(18, 2)),
    sum(f.unsubscribe_uniques), sum(f.spam_complaints), CAST(sum(f.text_message_spend) AS DECIMAL(18, 4)),
    sum(f.text_message_credit_usage_amount)
FROM flow_statistics AS f
WHERE f.klaviyo_public_id = :account AND f.date IN (SELECT date FROM rebuild_days)
GROUP BY date, channel
-- @next
INSERT INTO flow_days
SELECT :account, *, :row_version, 0
FROM rebuilt
UNION ALL
-- Days and channels of which no message has statistics any more.
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM flow_days
WHERE klaviyo_public_id = :account
    AND date IN (SELECT date FROM rebuild_days)
    AND (date, send_channel) NOT IN (SELECT date, channel FROM rebuilt)
-- @next
CREATE OR REPLACE TEMPORARY TABLE rebuilt_flows ENGINE = Memory AS
SELECT
    f.flow_id AS flow_id, max(f.flow_name), f.date AS date, coalesce(f.send_channel, '') AS channel,
    sum(f.recipients), sum(f.delivered), sum(f.bounced), sum(f.failed), sum(f.opens_unique), sum(f.clicks_unique),
    sum(f.conversion_uniques), sum(f.conversions), CAST(sum(f.conversion_value) AS DECIMAL(18, 2)),
    sum(f.unsubscribe_uniques), sum(f.spam_complaints), CAST(sum(f.text_message_spend) AS DECIMAL(18, 4)),
    sum(f.text_message_credit_usage_amount)
FROM flow_statistics AS f
WHERE f.klaviyo_public_id = :account AND f.date IN (SELECT date FROM rebuild_days)
GROUP BY flow_id, date, channel
-- @next
INSERT INTO flows_by_day
SELECT :account, *, :row_version, 0
FROM rebuilt_flows
UNION ALL
-- Flows, days and channels of which no message has statistics any more.
SELECT * REPLACE (:row_version AS updated_at, 1 AS is_deleted)
FROM flows_by_day
WHERE klaviyo_public_id = :account
    AND date IN (SELECT date FROM rebuild_days)
    AND (flow_id, date, send_channel) NOT IN (SELECT flow_id, date, channel FROM rebuilt_flows)
