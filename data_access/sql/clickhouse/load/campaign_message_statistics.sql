-- purpose: a window of campaign statistics by message and variation, on the campaign's send date; a row that did not change is left alone
-- grain: one row of campaign_message_statistics
-- params: account String, start Date32, end Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE arriving ENGINE = Memory AS
SELECT
    r.campaign_id AS campaign_id, r.campaign_message_id AS campaign_message_id, r.variation AS variation_id,
    nullif(r.variation_name, '') AS variation_name,
    c.campaign_name AS campaign_name, nullif(r.campaign_message_name, '') AS message_name,
    r.send_channel AS send_channel, c.send_date AS date,
    r.recipients AS recipients, r.delivered AS delivered, r.bounced AS bounced, r.failed AS failed, r.opens AS opens,
    r.opens_unique AS opens_unique, r.clicks AS clicks, r.clicks_unique AS clicks_unique, r.conversions AS
    conversions, r.conversion_uniques AS conversion_uniques, CAST(r.conversion_value AS DECIMAL(18, 2)) AS
    conversion_value, r.unsubscribes AS unsubscribes, r.unsubscribe_uniques AS unsubscribe_uniques, r.spam_complaints
    AS spam_complaints,
    CAST(toString(round(r.text_message_spend, 4)) AS Nullable(Decimal(18, 4))) AS text_message_spend,
    r.text_message_credit_usage_amount AS text_message_credit_usage_amount
FROM staged_campaign_values_report AS r
JOIN staged_campaign_names AS c ON c.campaign_id = r.campaign_id
WHERE c.send_date BETWEEN :start AND :end
QUALIFY row_number() OVER (PARTITION BY r.campaign_id, r.campaign_message_id, r.variation ORDER BY r.recipients DESC) = 1
-- @next
CREATE OR REPLACE TEMPORARY TABLE stored ENGINE = Memory AS
SELECT
    campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount
FROM campaign_message_statistics
WHERE klaviyo_public_id = :account AND (date BETWEEN :start AND :end
    OR campaign_id IN (SELECT campaign_id FROM arriving))
-- @next
CREATE OR REPLACE TEMPORARY TABLE replaced ENGINE = Memory AS
SELECT * FROM stored
EXCEPT
SELECT
    campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount
FROM arriving
-- @next
CREATE OR REPLACE TEMPORARY TABLE fresh ENGINE = Memory AS
SELECT
    campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount
FROM arriving
EXCEPT
SELECT * FROM stored
-- @next
INSERT INTO campaign_message_statistics (
    klaviyo_public_id, campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount,
    updated_at, is_deleted
)
SELECT
    :account, campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount,
    :row_version, 0
FROM fresh
UNION ALL
-- A row that is no more; one that is another now is replaced by its newer version.
SELECT
    :account, campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks,
    clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount,
    :row_version, 1
FROM replaced
WHERE (campaign_id, campaign_message_id, variation_id, date) NOT IN (
    SELECT campaign_id, campaign_message_id, variation_id, date FROM fresh
)
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
