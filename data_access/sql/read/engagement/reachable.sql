-- purpose: profiles that may be sent marketing, and those of them who opened, clicked or ordered since a day
-- grain: one row a channel with a profile that may be sent marketing
-- params: since Date32
-- reads: reachable_profiles
SELECT
    channel, CAST(sum(profiles) AS BIGINT) AS reachable,
    CAST(sum(CASE WHEN engaged_on >= :since THEN profiles ELSE 0 END) AS BIGINT) AS engaged
FROM reachable_profiles
GROUP BY channel
