-- purpose: removes a campaign's holdout with its people and figures
-- grain: one row a holdout
-- params: account String, campaign String
DELETE FROM holdout_contacts WHERE klaviyo_public_id = :account AND campaign_id = :campaign
-- @next
DELETE FROM holdout_arms WHERE klaviyo_public_id = :account AND campaign_id = :campaign
-- @next
DELETE FROM holdout_people WHERE klaviyo_public_id = :account AND campaign_id = :campaign
-- @next
DELETE FROM holdouts WHERE klaviyo_public_id = :account AND campaign_id = :campaign
