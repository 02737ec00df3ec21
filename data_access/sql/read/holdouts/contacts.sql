-- purpose: other campaigns that the people of a holdout got in the days that count
-- grain: one row a campaign, the one that most people got first
-- params: campaign String
-- reads: holdout_contacts, klaviyo_campaigns
SELECT
    o.other_campaign_id AS campaign_id, coalesce(max(c.name), o.other_campaign_id) AS name,
    CAST(sum(CASE WHEN o.arm = 'reached' THEN o.people ELSE 0 END) AS BIGINT) AS reached,
    CAST(sum(CASE WHEN o.arm = 'left_out' THEN o.people ELSE 0 END) AS BIGINT) AS left_out
FROM holdout_contacts AS o
LEFT JOIN klaviyo_campaigns AS c ON c.campaign_id = o.other_campaign_id
WHERE o.campaign_id = :campaign
GROUP BY o.other_campaign_id
ORDER BY sum(o.people) DESC, o.other_campaign_id
