-- purpose: what Klaviyo credits a campaign with, over its whole life
-- grain: one row; NULL without a report of it
-- params: campaign String
-- reads: campaign_statistics
SELECT CAST(sum(conversion_value) AS DECIMAL(18, 2)) AS value FROM campaign_statistics WHERE campaign_id = :campaign
