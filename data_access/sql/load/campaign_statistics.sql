-- purpose: a window of campaign statistics: counts summed over messages and variations, rates made of the sums; a row that did not change is left alone
-- grain: one row of campaign_statistics
-- params: account String, start Date32, end Date32, updated_at DateTime64(6)
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT
    r.campaign_id, max(c.campaign_name) AS campaign_name,
    first(r.send_channel ORDER BY r.recipients DESC, r.send_channel)
        FILTER (WHERE r.send_channel IS NOT NULL AND r.recipients IS NOT NULL) AS send_channel, max(c.send_date) AS date,
    sum(r.recipients) AS recipients, sum(r.delivered) AS delivered, sum(r.bounced) AS bounced, sum(r.failed) AS
    failed, sum(r.opens) AS opens, sum(r.opens_unique) AS opens_unique, sum(r.clicks) AS clicks, sum(r.clicks_unique)
    AS clicks_unique, sum(r.conversions) AS conversions, sum(r.conversion_uniques) AS conversion_uniques,
    CAST(sum(r.conversion_value) AS DECIMAL(18, 2)) AS conversion_value, sum(r.unsubscribes) AS unsubscribes,
    sum(r.unsubscribe_uniques) AS unsubscribe_uniques, sum(r.spam_complaints) AS spam_complaints,
    CAST(sum(r.text_message_spend) AS DECIMAL(18, 4)) AS text_message_spend, sum(r.text_message_credit_usage_amount)
    AS text_message_credit_usage_amount,
    100.0 * sum(r.opens_unique) / nullif(sum(r.delivered), 0) AS open_rate_pct,
    100.0 * sum(r.clicks_unique) / nullif(sum(r.delivered), 0) AS click_rate_pct,
    100.0 * sum(r.conversion_uniques) / nullif(sum(r.delivered), 0) AS conversion_rate_pct,
    100.0 * sum(r.unsubscribe_uniques) / nullif(sum(r.delivered), 0) AS unsubscribe_rate_pct,
    100.0 * sum(r.bounced) / nullif(sum(r.recipients), 0) AS bounce_rate_pct,
    100.0 * sum(r.delivered) / nullif(sum(r.recipients), 0) AS delivery_rate_pct
FROM staged_campaign_values_report AS r
JOIN staged_campaign_names AS c ON c.campaign_id = r.campaign_id
WHERE c.send_date BETWEEN :start AND :end
GROUP BY r.campaign_id
-- @next
CREATE OR REPLACE TEMP TABLE replaced AS
SELECT * FROM (
    SELECT campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique,
    clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques,
    spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct
    FROM campaign_statistics
    WHERE klaviyo_public_id = :account AND (date BETWEEN :start AND :end
        OR campaign_id IN (SELECT campaign_id FROM arriving))
) AS stored
EXCEPT
SELECT campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique,
    clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques,
    spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct FROM arriving
-- @next
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique,
    clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques,
    spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct FROM arriving
EXCEPT
SELECT * FROM (
    SELECT campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens, opens_unique,
    clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques,
    spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct, click_rate_pct,
    conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct
    FROM campaign_statistics
    WHERE klaviyo_public_id = :account AND (date BETWEEN :start AND :end
        OR campaign_id IN (SELECT campaign_id FROM arriving))
) AS stored
-- @next
DELETE FROM campaign_statistics
USING replaced AS g
WHERE campaign_statistics.klaviyo_public_id = :account AND g.campaign_id = campaign_statistics.campaign_id AND g.date = campaign_statistics.date
-- @next
INSERT INTO campaign_statistics
    (klaviyo_public_id, campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens,
    opens_unique, clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct,
    click_rate_pct, conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct, updated_at)
SELECT :account, campaign_id, campaign_name, send_channel, date, recipients, delivered, bounced, failed, opens,
    opens_unique, clicks, clicks_unique, conversions, conversion_uniques, conversion_value, unsubscribes,
    unsubscribe_uniques, spam_complaints, text_message_spend, text_message_credit_usage_amount, open_rate_pct,
    click_rate_pct, conversion_rate_pct, unsubscribe_rate_pct, bounce_rate_pct, delivery_rate_pct, :updated_at
FROM fresh
-- @next
INSERT INTO changed_days SELECT date FROM replaced UNION SELECT date FROM fresh
