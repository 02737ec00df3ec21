-- purpose: the channel and the campaign or flow of every message; channels as 'email', 'sms', 'push', 'whatsapp'
-- grain: one row a message
-- params: account String
SELECT
    message_id,
    campaign_id,
    flow_id,
    CASE WHEN channel IN ('mobile_push', 'push-notification', 'mobile-push', 'push_notification') THEN 'push' ELSE channel END AS channel
FROM (
    SELECT message_id, campaign_id, NULL AS flow_id, lower(coalesce(channel, '')) AS channel
    FROM klaviyo_campaign_messages
    WHERE klaviyo_public_id = :account
    UNION ALL
    SELECT message_id, NULL, flow_id, lower(coalesce(channel, ''))
    FROM klaviyo_flow_messages
    WHERE klaviyo_public_id = :account
) AS messages
