-- purpose: keeps who was left out
-- grain: one row a profile
-- params: account String, campaign String
INSERT INTO holdout_people (klaviyo_public_id, campaign_id, side, profile_id, person_id)
SELECT DISTINCT :account, :campaign, 'left_out', profile_id, profile_id FROM holdout_found
