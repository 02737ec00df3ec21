-- purpose: a window of campaign statistics by message and variation, on the campaign's send date; a row that did not change is left alone
-- grain: one row of campaign_message_statistics
-- params: account String, start Date32, end Date32, updated_at DateTime64(6)
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT
    r.campaign_id, r.campaign_message_id, r.variation AS variation_id, nullif(r.variation_name, '') AS variation_name,
    c.campaign_name, nullif(r.campaign_message_name, '') AS message_name, r.send_channel, c.send_date AS date,
    r.recipients AS recipients, r.delivered AS delivered, r.bounced AS bounced, r.failed AS failed, r.opens AS opens,
    r.opens_unique AS opens_unique, r.clicks AS clicks, r.clicks_unique AS clicks_unique, r.conversions AS
    conversions, r.conversion_uniques AS conversion_uniques, CAST(r.conversion_value AS DECIMAL(18, 2)) AS
    conversion_value, r.unsubscribes AS unsubscribes, r.unsubscribe_uniques AS unsubscribe_uniques, r.spam_complaints
    AS spam_complaints, CAST(r.text_message_spend AS DECIMAL(18, 4)) AS text_message_spend,
    r.text_message_credit_usage_amount AS text_message_credit_usage_amount
FROM staged_campaign_values_report AS r
JOIN staged_campaign_names AS c ON c.campaign_id = r.campaign_id
WHERE c.send_date BETWEEN :start AND :end
QUALIFY row_number() OVER (PARTITION BY r.campaign_id, r.campaign_message_id, r.variation ORDER BY r.recipients DESC) = 1
-- @next
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT * FROM (
    SELECT campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name, send_channel, date,
    recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount
    FROM campaign_message_statistics
    WHERE klaviyo_public_id = :account AND (date BETWEEN :start AND :end
        OR campaign_id IN (SELECT campaign_id FROM arriving))
) AS stored
EXCEPT
SELECT campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name, send_channel, date,
    recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount FROM arriving
-- @next
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name, send_channel, date,
    recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount FROM arriving
EXCEPT
SELECT * FROM (
    SELECT campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name, send_channel, date,
    recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,
    conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints, text_message_spend,
    text_message_credit_usage_amount
    FROM campaign_message_statistics
    WHERE klaviyo_public_id = :account AND (date BETWEEN :start AND :end
        OR campaign_id IN (SELECT campaign_id FROM arriving))
) AS stored
-- @next
DELETE FROM campaign_message_statistics
USING replaced AS g
WHERE campaign_message_statistics.klaviyo_public_id = :account AND g.campaign_id = campaign_message_statistics.campaign_id AND g.campaign_message_id = campaign_message_statistics.campaign_message_id AND g.variation_id = campaign_message_statistics.variation_id AND g.date = campaign_message_statistics.date
-- @next
INSERT INTO campaign_message_statistics
    (klaviyo_public_id, campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique,
    conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, updated_at)
SELECT :account, campaign_id, campaign_message_id, variation_id, variation_name, campaign_name, message_name,
    send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique,
    conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints,
    text_message_spend, text_message_credit_usage_amount, :updated_at
FROM fresh
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
