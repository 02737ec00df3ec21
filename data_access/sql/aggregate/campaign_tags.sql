-- purpose: the tags of each campaign
-- grain: one row a campaign and tag
-- params: account String
SELECT DISTINCT campaign_id, tag
FROM (SELECT campaign_id, unnest(tags) AS tag FROM klaviyo_campaigns WHERE klaviyo_public_id = :account) AS t
