-- purpose: deletes one of the campaigns
-- grain: one row a campaign
-- params: account String, id String
DELETE FROM klaviyo_campaigns WHERE klaviyo_public_id = :account AND campaign_id = :id
