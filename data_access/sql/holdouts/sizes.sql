-- purpose: how many people a holdout leaves out, and how many of them got the campaign all the same
-- grain: one row
-- params: account String, campaign String
SELECT
    count(DISTINCT h.person_id) AS people,
    count(DISTINCT CASE WHEN r.person_id IS NOT NULL THEN h.person_id END) AS received
FROM holdout_people AS h
LEFT JOIN holdout_people AS r
    ON r.klaviyo_public_id = :account AND r.campaign_id = :campaign AND r.side = 'reached' AND r.person_id = h.person_id
WHERE h.klaviyo_public_id = :account AND h.campaign_id = :campaign AND h.side = 'left_out'
