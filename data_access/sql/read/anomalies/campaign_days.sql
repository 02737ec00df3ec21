-- purpose: the days on which campaigns were sent
-- grain: one row a day with a campaign
-- params: start Date32, end Date32
-- reads: campaign_statistics
SELECT date AS day, sum(recipients) AS by_campaigns
FROM campaign_statistics
WHERE date BETWEEN :start AND :end
GROUP BY day
