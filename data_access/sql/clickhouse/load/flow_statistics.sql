-- purpose: a window of flow statistics by message and day; rates are made of the counts; a row that did not change is left alone
-- grain: one row of flow_statistics
-- params: account String, start Date32, end Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE arriving ENGINE = Memory AS
SELECT
    r.flow_id AS flow_id, max(r.flow_name) AS flow_name, r.flow_message_id AS flow_message_id, max(r.flow_message_name) AS flow_message_name,
    max(r.send_channel) AS send_channel, CAST(r.date AS Nullable(Date32)) AS date,
    sum(r.recipients) AS recipients, sum(r.delivered) AS delivered, sum(r.bounced) AS bounced, sum(r.failed) AS
    failed, sum(r.opens) AS opens, sum(r.opens_unique) AS opens_unique, sum(r.clicks) AS clicks, sum(r.clicks_unique)
    AS clicks_unique, sum(r.conversions) AS conversions, sum(r.conversion_uniques) AS conversion_uniques,
    CAST(sum(r.conversion_value) AS DECIMAL(18, 2)) AS conversion_value, sum(r.unsubscribes) AS unsubscribes,
    sum(r.unsubscribe_uniques) AS unsubscribe_uniques, sum(r.spam_complaints) AS spam_complaints,
    CAST(toString(round(sum(r.text_message_spend), 4)) AS Nullable(Decimal(18, 4))) AS text_message_spend,
    sum(r.text_message_credit_usage_amount) AS text_message_credit_usage_amount,
    100.0 * sum(r.opens_unique) / nullif(sum(r.delivered), 0) AS open_rate_pct,
    100.0 * sum(r.clicks_unique) / nullif(sum(r.delivered), 0) AS click_rate_pct,
    100.0 * sum(r.conversion_uniques) / nullif(sum(r.delivered), 0) AS conversion_rate_pct,
    100.0 * sum(r.unsubscribe_uniques) / nullif(sum(r.delivered), 0) AS unsubscribe_rate_pct,
    100.0 * sum(r.bounced) / nullif(sum(r.recipients), 0) AS bounce_rate_pct,
    100.0 * sum(r.delivered) / nullif(sum(r.recipients), 0) AS delivery_rate_pct
FROM staged_flow_series_report AS r
WHERE CAST(r.date AS Nullable(Date32)) BETWEEN :start AND :end
GROUP BY r.flow_id, r.flow_message_id, r.date
-- @next
CREATE OR REPLACE TEMPORARY TABLE stored ENGINE = Memory AS
SELECT
    flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct
FROM flow_statistics
WHERE klaviyo_public_id = :account AND date BETWEEN :start AND :end
-- @next
CREATE OR REPLACE TEMPORARY TABLE replaced ENGINE = Memory AS
SELECT * FROM stored
EXCEPT
SELECT
    flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct
FROM arriving
-- @next
CREATE OR REPLACE TEMPORARY TABLE fresh ENGINE = Memory AS
SELECT
    flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct
FROM arriving
EXCEPT
SELECT * FROM stored
-- @next
INSERT INTO flow_statistics (
    klaviyo_public_id, flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct,
    updated_at, is_deleted
)
SELECT
    :account, flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct,
    :row_version, 0
FROM fresh
UNION ALL
-- A row that is no more; one that is another now is replaced by its newer version.
SELECT
    :account, flow_id, flow_name, flow_message_id, flow_message_name, send_channel, date, recipients,
    delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct,
    :row_version, 1
FROM replaced
WHERE (flow_id, flow_message_id, date) NOT IN (
    SELECT flow_id, flow_message_id, date FROM fresh
)
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
