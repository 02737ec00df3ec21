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
CREATE TEMP TABLE reacted_later AS
SELECT
    r.profile_id, r.channel, greatest(t.opened_at, r.opened_at) AS opened_at,
    greatest(t.clicked_at, r.clicked_at) AS clicked_at, greatest(t.ordered_at, r.ordered_at) AS ordered_at,
    t.profile_id IS NULL AS first_time
FROM reacted AS r
LEFT JOIN profile_reactions AS t
    ON t.klaviyo_public_id = :account AND t.profile_id = r.profile_id AND t.channel = r.channel
WHERE t.profile_id IS NULL OR greatest(t.opened_at, r.opened_at) IS DISTINCT FROM t.opened_at
    OR greatest(t.clicked_at, r.clicked_at) IS DISTINCT FROM t.clicked_at
    OR greatest(t.ordered_at, r.ordered_at) IS DISTINCT FROM t.ordered_at
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id)
SELECT DISTINCT :account, profile_id FROM reacted_later
-- @next
UPDATE profile_reactions SET opened_at = r.opened_at, clicked_at = r.clicked_at, ordered_at = r.ordered_at
FROM reacted_later AS r
WHERE profile_reactions.klaviyo_public_id = :account AND profile_reactions.profile_id = r.profile_id
    AND profile_reactions.channel = r.channel AND NOT r.first_time
-- @next
INSERT INTO profile_reactions (klaviyo_public_id, profile_id, channel, opened_at, clicked_at, ordered_at)
SELECT :account, r.profile_id, r.channel, r.opened_at, r.clicked_at, r.ordered_at
FROM reacted_later AS r
WHERE r.first_time
-- @next
DROP TABLE reacted
-- @next
DROP TABLE reacted_later
