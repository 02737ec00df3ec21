-- purpose: how far back statistics of messages, forms and segments are known
-- grain: one row; first_day of messages, NULL without any; known counts rows of anything
-- reads: campaign_statistics, flow_days, form_statistics, segment_statistics
SELECT min(date) AS first_day, count(*) AS known
FROM (
    SELECT date FROM campaign_statistics
    UNION ALL
    SELECT date FROM flow_days
    UNION ALL
    SELECT CAST(NULL AS DATE) AS date FROM form_statistics
    UNION ALL
    SELECT CAST(NULL AS DATE) AS date FROM segment_statistics
) AS told
