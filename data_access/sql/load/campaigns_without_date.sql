-- purpose: campaigns of a report whose send date is not known, so that their statistics have no day
-- grain: one row a campaign
SELECT DISTINCT r.campaign_id
FROM staged_campaign_values_report AS r
LEFT JOIN staged_campaign_names AS c ON c.campaign_id = r.campaign_id
WHERE c.send_date IS NULL
ORDER BY r.campaign_id
