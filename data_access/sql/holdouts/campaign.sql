-- purpose: a campaign of an account
-- grain: one row, none where the account has none of this id
-- params: account String, campaign String
SELECT name, sent_at FROM klaviyo_campaigns WHERE klaviyo_public_id = :account AND campaign_id = :campaign
