-- purpose: which other campaigns each side of a holdout got in the days that count; who was to be left out and got the
-- purpose: campaign all the same is on neither
-- grain: one row a campaign and arm
-- params: account String, campaign String, range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM holdout_contacts WHERE klaviyo_public_id = :account AND campaign_id = :campaign
-- @next
INSERT INTO holdout_contacts (klaviyo_public_id, campaign_id, other_campaign_id, arm, people)
WITH persons AS (
    SELECT person_id, min(side) AS arm
    FROM holdout_people
    WHERE klaviyo_public_id = :account AND campaign_id = :campaign
    GROUP BY person_id
    HAVING min(side) = max(side)
),
profiles AS (
    SELECT h.profile_id, p.person_id, p.arm
    FROM holdout_people AS h
    JOIN persons AS p ON p.person_id = h.person_id
    WHERE h.klaviyo_public_id = :account AND h.campaign_id = :campaign
    UNION
    -- Messages of after a merge go to the profile that it left.
    SELECT person_id, person_id, arm FROM persons
),
got AS (
    SELECT e.profile_id, e.properties ->> '$message' AS message_id
    FROM klaviyo_events AS e
    JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement = 'received'
    WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
)
SELECT :account, :campaign, m.campaign_id, p.arm, count(DISTINCT p.person_id)
FROM got AS g
JOIN klaviyo_campaign_messages AS m ON m.klaviyo_public_id = :account AND m.message_id = g.message_id
JOIN profiles AS p ON p.profile_id = g.profile_id
WHERE m.campaign_id <> :campaign
GROUP BY m.campaign_id, p.arm
