-- purpose: campaign figures that an earlier system kept
-- grain: one row a message; statistics as JSON text
-- reads: campaignstats
SELECT
    campaign_id, campaign_message_id, send_channel, campaign_name, subject, tag_names,
    CAST(statistics AS VARCHAR) AS statistics, updated_at
FROM campaignstats
ORDER BY updated_at DESC, campaign_id, campaign_message_id
