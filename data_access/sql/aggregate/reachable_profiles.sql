-- purpose: brings up to date who may be sent marketing, of the profiles that changed, and how many there are by channel
-- grain: and day of their last reaction
-- grain: reachable_people: one row a profile and channel; reachable_profiles: one row a channel and day, account zone,
-- grain: NULL for those who never reacted. A merged profile is in the one where it ended; deleted ones and those that
-- grain: only events name are out
-- params: account String, timezone String
CREATE TEMP TABLE moved_profiles AS
SELECT n.id, n.target, b.target AS old_target
FROM merged_now AS n
LEFT JOIN merged_before AS b ON b.klaviyo_public_id = :account AND b.profile_id = n.id
WHERE b.profile_id IS NULL OR b.target <> n.target
UNION ALL
SELECT b.profile_id, NULL, b.target
FROM merged_before AS b
WHERE b.klaviyo_public_id = :account AND NOT EXISTS (SELECT 1 FROM merged_now AS n WHERE n.id = b.profile_id)
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id)
SELECT :account, id FROM moved_profiles
UNION
SELECT :account, target FROM moved_profiles WHERE target IS NOT NULL
UNION
SELECT :account, old_target FROM moved_profiles WHERE old_target IS NOT NULL
-- @next
DELETE FROM merged_before
WHERE klaviyo_public_id = :account AND profile_id IN (SELECT id FROM moved_profiles)
-- @next
INSERT INTO merged_before (klaviyo_public_id, profile_id, target)
SELECT :account, id, target FROM moved_profiles WHERE target IS NOT NULL
-- @next
DROP TABLE moved_profiles
-- @next
-- A profile that changed counts where it ended, and no longer by itself.
CREATE TEMP TABLE looked_at AS
SELECT profile_id AS id FROM reach_changed WHERE klaviyo_public_id = :account
UNION
SELECT m.target FROM reach_changed AS c JOIN merged_now AS m ON m.id = c.profile_id WHERE c.klaviyo_public_id = :account
-- @next
DELETE FROM reachable_people WHERE klaviyo_public_id = :account AND profile_id IN (SELECT id FROM looked_at)
-- @next
INSERT INTO reachable_people (klaviyo_public_id, profile_id, channel, engaged_on)
WITH sources AS (
    SELECT id AS source, id AS target FROM looked_at
    UNION
    SELECT m.id, m.target FROM merged_now AS m JOIN looked_at AS l ON l.id = m.target
),
latest AS (
    SELECT s.target AS profile_id, r.channel, max(greatest(r.opened_at, r.clicked_at, r.ordered_at)) AS reacted_at
    FROM sources AS s
    JOIN profile_reactions AS r ON r.klaviyo_public_id = :account AND r.profile_id = s.source
    GROUP BY s.target, r.channel
),
told AS (
    SELECT
        p.id,
        (p.subscriptions -> 'email' -> 'marketing') AS email,
        (p.subscriptions -> 'sms' -> 'marketing') AS sms,
        (p.subscriptions -> 'mobile_push' -> 'marketing') AS push,
        (p.subscriptions -> 'whatsapp' -> 'marketing') AS whatsapp
    FROM looked_at AS l
    JOIN klaviyo_profiles AS p ON p.klaviyo_public_id = :account AND p.id = l.id
    LEFT JOIN merged_now AS m ON m.id = p.id AND m.target <> p.id
    WHERE p.deleted_at IS NULL AND NOT p.is_stub AND m.id IS NULL AND p.subscriptions IS NOT NULL
),
reachable AS (
    SELECT id, 'email' AS channel
    FROM told
    WHERE upper(email ->> 'consent') = 'SUBSCRIBED' AND (email ->> 'can_receive_email_marketing') = 'true'
        AND coalesce(email ->> 'suppression', '[]') = '[]'
    UNION ALL
    SELECT id, 'sms'
    FROM told
    WHERE upper(sms ->> 'consent') = 'SUBSCRIBED' AND (sms ->> 'can_receive_sms_marketing') = 'true'
    UNION ALL
    SELECT id, 'push'
    FROM told
    WHERE upper(push ->> 'consent') = 'SUBSCRIBED' AND (push ->> 'can_receive_push_marketing') = 'true'
    UNION ALL
    SELECT id, 'whatsapp'
    FROM told
    WHERE upper(whatsapp ->> 'consent') = 'SUBSCRIBED' AND (whatsapp ->> 'can_receive') = 'true'
)
SELECT
    :account, c.id, c.channel, CAST(greatest(r.reacted_at, o.reacted_at) AT TIME ZONE :timezone AS DATE) AS engaged_on
FROM reachable AS c
LEFT JOIN latest AS r ON r.profile_id = c.id AND r.channel = c.channel
LEFT JOIN latest AS o ON o.profile_id = c.id AND o.channel = ''
-- @next
DELETE FROM reach_changed WHERE klaviyo_public_id = :account
-- @next
DROP TABLE looked_at
-- @next
DELETE FROM reachable_profiles WHERE klaviyo_public_id = :account
-- @next
INSERT INTO reachable_profiles (klaviyo_public_id, channel, engaged_on, profiles)
SELECT klaviyo_public_id, channel, engaged_on, count(*)
FROM reachable_people
WHERE klaviyo_public_id = :account
GROUP BY klaviyo_public_id, channel, engaged_on
