-- purpose: the campaigns that went to most people among those of some days, to be marked on charts
-- grain: one row a campaign, the largest first
-- params: start Date32, end Date32, most Int32
-- reads: campaign_statistics
SELECT
    campaign_id AS campaign_id, max(campaign_name) AS name, coalesce(max(send_channel), '') AS channel,
    max(date) AS sent_on, sum(recipients) AS recipients
FROM campaign_statistics
WHERE date BETWEEN :start AND :end
GROUP BY campaign_id
HAVING sum(recipients) > 0
ORDER BY sum(recipients) DESC, campaign_id
LIMIT :most
