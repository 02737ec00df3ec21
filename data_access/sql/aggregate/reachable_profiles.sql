-- purpose: rebuilds how many profiles may be sent marketing, by channel and by the day of their last reaction
-- grain: one row a channel and day, account zone; NULL for those who never reacted. A merged profile is in the one where
-- grain: it ended; deleted ones and those that only events name are out
-- params: account String, timezone String
DELETE FROM reachable_profiles WHERE klaviyo_public_id = :account
-- @next
INSERT INTO reachable_profiles (klaviyo_public_id, channel, engaged_on, profiles)
WITH latest AS (
    SELECT
        coalesce(m.target, r.profile_id) AS profile_id, r.channel,
        max(greatest(r.opened_at, r.clicked_at, r.ordered_at)) AS reacted_at
    FROM profile_reactions AS r
    LEFT JOIN merged_now AS m ON m.id = r.profile_id
    WHERE r.klaviyo_public_id = :account
    GROUP BY coalesce(m.target, r.profile_id), r.channel
),
told AS (
    SELECT
        p.id,
        (p.subscriptions -> 'email' -> 'marketing') AS email,
        (p.subscriptions -> 'sms' -> 'marketing') AS sms,
        (p.subscriptions -> 'mobile_push' -> 'marketing') AS push,
        (p.subscriptions -> 'whatsapp' -> 'marketing') AS whatsapp
    FROM klaviyo_profiles AS p
    LEFT JOIN merged_now AS m ON m.id = p.id AND m.target <> p.id
    WHERE p.klaviyo_public_id = :account AND p.deleted_at IS NULL AND NOT p.is_stub AND m.id IS NULL
        AND p.subscriptions IS NOT NULL
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
SELECT :account, channel, engaged_on, count(*)
FROM (
    SELECT
        c.channel, CAST(greatest(r.reacted_at, o.reacted_at) AT TIME ZONE :timezone AS DATE) AS engaged_on
    FROM reachable AS c
    LEFT JOIN latest AS r ON r.profile_id = c.id AND r.channel = c.channel
    LEFT JOIN latest AS o ON o.profile_id = c.id AND o.channel = ''
) AS counted
GROUP BY channel, engaged_on
