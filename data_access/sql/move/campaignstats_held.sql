-- purpose: when the figures of these campaigns were last updated in the earlier system, as far as they are here
-- grain: one row an account, campaign and message
-- params: accounts Array(String), campaigns Array(String)
SELECT klaviyo_public_id AS account, campaign_id, campaign_message_id, updated_at
FROM campaignstats
WHERE klaviyo_public_id = ANY (CAST(:accounts AS VARCHAR[])) AND campaign_id = ANY (CAST(:campaigns AS VARCHAR[]))
