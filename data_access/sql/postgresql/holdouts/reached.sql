-- purpose: keeps whom a campaign reached, by the events of some days; who is kept already stays
-- grain: one row a profile
-- params: account String, campaign String, range_start DateTime64(6), range_end DateTime64(6)
INSERT INTO holdout_people (klaviyo_public_id, campaign_id, side, profile_id, person_id)
SELECT DISTINCT :account, :campaign, 'reached', e.profile_id, e.profile_id
FROM klaviyo_events AS e
JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement = 'received'
WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
    AND e.properties ->> '$message' IN (
        SELECT m.message_id FROM klaviyo_campaign_messages AS m
        WHERE m.klaviyo_public_id = :account AND m.campaign_id = :campaign
    )
    AND NOT EXISTS (
        SELECT 1 FROM holdout_people AS p
        WHERE p.klaviyo_public_id = :account AND p.campaign_id = :campaign AND p.side = 'reached'
            AND p.profile_id = e.profile_id
    )
