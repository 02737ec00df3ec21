-- purpose: who the people of holdouts are after merges
-- grain: one row a profile and side whose person changed
-- params: account String
UPDATE holdout_people SET person_id = c.person_id
FROM (
    SELECT p.campaign_id, p.side, p.profile_id, coalesce(m.target, p.profile_id) AS person_id
    FROM holdout_people AS p
    LEFT JOIN holdout_merged AS m ON m.id = p.profile_id
    WHERE p.klaviyo_public_id = :account AND coalesce(m.target, p.profile_id) <> p.person_id
) AS c
WHERE holdout_people.klaviyo_public_id = :account AND holdout_people.campaign_id = c.campaign_id
    AND holdout_people.side = c.side AND holdout_people.profile_id = c.profile_id
