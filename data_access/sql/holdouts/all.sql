-- purpose: an account's holdouts with what they were last measured on, and on which days their campaigns were received
-- grain: one row a holdout; sent_at NULL where nobody says when it was sent, days NULL where nobody got it
-- params: account String
SELECT
    h.campaign_id, h.days, h.sent_on, h.measured_at, c.sent_at, min(m.date) AS first_day, max(m.date) AS last_day,
    (
        SELECT count(*) FROM holdout_people AS p
        WHERE p.klaviyo_public_id = :account AND p.campaign_id = h.campaign_id AND p.side = 'left_out'
    ) AS left_out
FROM holdouts AS h
LEFT JOIN klaviyo_campaigns AS c ON c.klaviyo_public_id = :account AND c.campaign_id = h.campaign_id
LEFT JOIN klaviyo_campaign_messages AS o ON o.klaviyo_public_id = :account AND o.campaign_id = h.campaign_id
LEFT JOIN message_days AS m
    ON m.klaviyo_public_id = :account AND m.message_id = o.message_id AND m.source_type = 'campaign' AND m.received > 0
WHERE h.klaviyo_public_id = :account
GROUP BY h.campaign_id, h.days, h.sent_on, h.measured_at, c.sent_at
ORDER BY h.campaign_id
