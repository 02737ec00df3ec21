-- purpose: forgets whom a campaign reached, before all of its events are looked at anew
-- grain: one row a profile
-- params: account String, campaign String
DELETE FROM holdout_people WHERE klaviyo_public_id = :account AND campaign_id = :campaign AND side = 'reached'
