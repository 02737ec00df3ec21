-- purpose: who the people of holdouts, or of one campaign's, are after merges
-- grain: one row a profile and side whose person changed
-- params: account String, campaign Nullable(String)
UPDATE holdout_people SET person_id = c.person_id
FROM (
    SELECT p.campaign_id, p.side, p.profile_id, coalesce(m.target, p.profile_id) AS person_id
    FROM holdout_people AS p
    LEFT JOIN holdout_merged AS m ON m.id = p.profile_id
    WHERE p.klaviyo_public_id = :account AND coalesce(m.target, p.profile_id) <> p.person_id
        AND (CAST(:campaign AS VARCHAR) IS NULL OR p.campaign_id = :campaign)
) AS c
WHERE holdout_people.klaviyo_public_id = :account AND holdout_people.campaign_id = c.campaign_id
    AND holdout_people.side = c.side AND holdout_people.profile_id = c.profile_id
