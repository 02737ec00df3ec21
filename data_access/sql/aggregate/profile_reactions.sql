-- purpose: when profiles last opened, clicked and ordered, with the events of some days; later instants stay
-- grain: one row a profile and channel ('' of orders)
-- params: account String, conversion String, range_start DateTime64(6), range_end DateTime64(6)
CREATE TEMP TABLE reacted AS
SELECT
    e.profile_id, coalesce(r.channel, '') AS channel,
    max(CASE WHEN r.engagement = 'opened' THEN e.timestamp END) AS opened_at,
    max(CASE WHEN r.engagement = 'clicked' THEN e.timestamp END) AS clicked_at,
    max(CASE WHEN e.metric_id = :conversion THEN e.timestamp END) AS ordered_at
FROM klaviyo_events AS e
LEFT JOIN metric_roles AS r ON r.metric_id = e.metric_id AND r.engagement IN ('opened', 'clicked')
WHERE e.klaviyo_public_id = :account AND e.timestamp >= :range_start AND e.timestamp < :range_end
    AND (e.metric_id = :conversion OR (r.metric_id IS NOT NULL AND coalesce(lower(
        CASE r.engagement WHEN 'opened' THEN (e.properties ->> 'machine_open') ELSE (e.properties ->> 'Bot Click') END
    ), 'false') NOT IN ('true', '1', 'yes')))
GROUP BY e.profile_id, coalesce(r.channel, '')
-- @next
UPDATE profile_reactions SET
    opened_at = greatest(profile_reactions.opened_at, r.opened_at),
    clicked_at = greatest(profile_reactions.clicked_at, r.clicked_at),
    ordered_at = greatest(profile_reactions.ordered_at, r.ordered_at)
FROM reacted AS r
WHERE profile_reactions.klaviyo_public_id = :account AND profile_reactions.profile_id = r.profile_id
    AND profile_reactions.channel = r.channel
-- @next
INSERT INTO profile_reactions (klaviyo_public_id, profile_id, channel, opened_at, clicked_at, ordered_at)
SELECT :account, r.profile_id, r.channel, r.opened_at, r.clicked_at, r.ordered_at
FROM reacted AS r
WHERE NOT EXISTS (
    SELECT 1 FROM profile_reactions AS t
    WHERE t.klaviyo_public_id = :account AND t.profile_id = r.profile_id AND t.channel = r.channel
)
-- @next
DROP TABLE reacted
