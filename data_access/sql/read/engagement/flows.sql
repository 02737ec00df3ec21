-- purpose: flows of some days by channel, as Klaviyo counts them by send date
-- grain: one row a flow, channel and span: whole (start to whole_end), rest (behind it, to end), other (before start)
-- params: start Date32, end Date32, whole_end Date32, other_start Nullable(Date32), other_end Nullable(Date32)
-- reads: flows_by_day
SELECT
    flow_id AS flow_id, max(flow_name) AS name, send_channel AS channel,
    CASE WHEN date < :start THEN 'other' WHEN date > :whole_end THEN 'rest' ELSE 'whole' END AS span,
    sum(recipients) AS recipients, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(failed) AS failed,
    sum(opens_unique) AS opens, sum(clicks_unique) AS clicks, sum(conversion_uniques) AS converted,
    sum(conversions) AS conversions, CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value,
    sum(unsubscribe_uniques) AS unsubscribed, sum(spam_complaints) AS complaints,
    CAST(sum(text_message_spend) AS DECIMAL(18, 4)) AS spend, sum(text_message_credit_usage_amount) AS credits
FROM flows_by_day
WHERE date BETWEEN :start AND :end OR date BETWEEN :other_start AND :other_end
GROUP BY flow_id, channel, span
