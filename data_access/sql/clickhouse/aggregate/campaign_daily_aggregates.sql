-- purpose: rebuilds the campaigns' daily figures, by send date and channel, for the days of rebuild_days
-- grain: one row a day and channel with a campaign; rates are of sums; tags are not additive
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE rebuilt ENGINE = Memory AS
WITH told AS (
    SELECT
        date, coalesce(send_channel, '') AS send_channel, campaign_id, campaign_name, recipients, delivered, opens,
        opens_unique, clicks, clicks_unique, conversions, conversion_uniques, coalesce(conversion_value, 0) AS revenue
    FROM campaign_statistics
    WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY date, send_channel ORDER BY revenue DESC, campaign_id) AS from_best,
        row_number() OVER (PARTITION BY date, send_channel ORDER BY revenue, campaign_id) AS from_worst
    FROM told
),
tagged AS (
    SELECT
        t.date AS date, t.send_channel AS send_channel, assumeNotNull(g.tag) AS tag,
        CAST(sum(t.revenue) AS DECIMAL(18, 2)) AS revenue
    FROM told AS t
    JOIN campaign_tags AS g ON g.campaign_id = t.campaign_id
    GROUP BY t.date, t.send_channel, g.tag
),
tags AS (
    SELECT
        date, send_channel,
        arrayMap(told -> told.2, arraySort(told -> (-told.1, told.2), groupArray((assumeNotNull(revenue), tag))))
            AS by_revenue,
        arraySort(groupArray((tag, toFloat64(assumeNotNull(revenue))))) AS performance
    FROM tagged
    GROUP BY date, send_channel
),
summed AS (
    SELECT
        date, send_channel,
        toInt64(count(*)) AS campaigns,
        arraySort(groupArray(campaign_id)) AS ids,
        coalesce(sum(recipients), 0) AS recipients,
        coalesce(sum(delivered), 0) AS delivered,
        coalesce(sum(opens), 0) AS opens,
        coalesce(sum(opens_unique), 0) AS opens_unique,
        coalesce(sum(clicks), 0) AS clicks,
        coalesce(sum(clicks_unique), 0) AS clicks_unique,
        coalesce(sum(conversions), 0) AS conversions,
        coalesce(sum(conversion_uniques), 0) AS conversion_uniques,
        CAST(sum(revenue) AS DECIMAL(18, 2)) AS revenue,
        max(CASE WHEN from_best = 1 THEN campaign_id END) AS best_id,
        max(CASE WHEN from_best = 1 THEN campaign_name END) AS best_name,
        max(CASE WHEN from_best = 1 THEN revenue END) AS best_revenue,
        max(CASE WHEN from_worst = 1 THEN campaign_id END) AS worst_id,
        max(CASE WHEN from_worst = 1 THEN campaign_name END) AS worst_name,
        max(CASE WHEN from_worst = 1 THEN revenue END) AS worst_revenue
    FROM ranked
    GROUP BY date, send_channel
)
SELECT
    s.date AS date, s.send_channel AS send_channel, s.campaigns AS total_campaigns, s.ids AS campaigns_sent,
    toInt64(round(s.recipients)) AS total_recipients, toInt64(round(s.delivered)) AS total_delivered,
    toInt64(round(s.opens)) AS total_opens, toInt64(round(s.clicks)) AS total_clicks,
    toInt64(round(s.conversions)) AS total_conversions,
    s.revenue AS total_revenue,
    sign(s.revenue)
        * promolens_money(promolens_half_up(toInt64(abs(s.revenue) * 100), s.campaigns)) AS avg_revenue_per_campaign,
    CASE WHEN s.recipients >= 1 THEN sign(s.revenue)
        * promolens_money(promolens_half_up(toInt64(abs(s.revenue) * 100), toInt64(round(s.recipients)))) END AS avg_revenue_per_recipient,
    100 * s.opens_unique / nullIf(s.delivered, 0) AS avg_open_rate,
    100 * s.clicks_unique / nullIf(s.delivered, 0) AS avg_click_rate,
    100 * s.conversion_uniques / nullIf(s.delivered, 0) AS avg_conversion_rate,
    s.best_id AS best_campaign_id, s.best_name AS best_campaign_name, s.best_revenue AS best_campaign_revenue,
    s.worst_id AS worst_campaign_id, s.worst_name AS worst_campaign_name, s.worst_revenue AS worst_campaign_revenue,
    arraySlice(t.by_revenue, 1, 5) AS top_tags,
    mapFromArrays(arrayMap(told -> told.1, t.performance), arrayMap(told -> told.2, t.performance)) AS tag_performance
FROM summed AS s
LEFT JOIN tags AS t ON t.date = s.date AND t.send_channel = s.send_channel
-- @next
INSERT INTO campaign_daily_aggregates
SELECT :account, *, :row_version, 0
FROM rebuilt
UNION ALL
-- Days and channels without a campaign any more.
SELECT * REPLACE (:row_version AS processed_at, 1 AS is_deleted)
FROM campaign_daily_aggregates
WHERE klaviyo_public_id = :account
    AND date IN (SELECT date FROM rebuild_days)
    AND (date, send_channel) NOT IN (SELECT date, send_channel FROM rebuilt)
