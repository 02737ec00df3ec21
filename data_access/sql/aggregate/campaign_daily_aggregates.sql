-- purpose: rebuilds the campaigns' daily figures, by send date and channel, for the days of rebuild_days
-- grain: one row a day and channel with a campaign; rates are of sums; tags are not additive
-- params: account String
DELETE FROM campaign_daily_aggregates
WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO campaign_daily_aggregates (
    klaviyo_public_id, date, send_channel, total_campaigns, campaigns_sent, total_recipients, total_delivered,
    total_opens, total_clicks, total_conversions, total_revenue, avg_revenue_per_campaign, avg_revenue_per_recipient,
    avg_open_rate, avg_click_rate, avg_conversion_rate, best_campaign_id, best_campaign_name, best_campaign_revenue,
    worst_campaign_id, worst_campaign_name, worst_campaign_revenue, top_tags, tag_performance, processed_at
)
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
    SELECT t.date, t.send_channel, g.tag, sum(t.revenue) AS revenue
    FROM told AS t
    JOIN campaign_tags AS g ON g.campaign_id = t.campaign_id
    GROUP BY t.date, t.send_channel, g.tag
),
tags AS (
    SELECT
        date, send_channel,
        list(tag ORDER BY revenue DESC, tag) AS by_revenue,
        map(list(tag ORDER BY tag), list(CAST(revenue AS DOUBLE) ORDER BY tag)) AS performance
    FROM tagged
    GROUP BY date, send_channel
),
summed AS (
    SELECT
        date, send_channel,
        count(*) AS campaigns,
        list(campaign_id ORDER BY campaign_id) AS ids,
        coalesce(sum(recipients), 0) AS recipients,
        coalesce(sum(delivered), 0) AS delivered,
        coalesce(sum(opens), 0) AS opens,
        coalesce(sum(opens_unique), 0) AS opens_unique,
        coalesce(sum(clicks), 0) AS clicks,
        coalesce(sum(clicks_unique), 0) AS clicks_unique,
        coalesce(sum(conversions), 0) AS conversions,
        coalesce(sum(conversion_uniques), 0) AS conversion_uniques,
        sum(revenue) AS revenue,
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
    :account, s.date, s.send_channel, s.campaigns, s.ids,
    CAST(round(s.recipients) AS BIGINT), CAST(round(s.delivered) AS BIGINT), CAST(round(s.opens) AS BIGINT),
    CAST(round(s.clicks) AS BIGINT), CAST(round(s.conversions) AS BIGINT),
    s.revenue,
    sign(s.revenue)
        * CAST((2 * CAST(abs(s.revenue) * 100 AS HUGEINT) + s.campaigns) // (2 * s.campaigns) AS DECIMAL(18, 0)) * 0.01,
    CASE WHEN s.recipients >= 1 THEN sign(s.revenue)
        * CAST((2 * CAST(abs(s.revenue) * 100 AS HUGEINT) + CAST(s.recipients AS HUGEINT))
               // (2 * CAST(s.recipients AS HUGEINT)) AS DECIMAL(18, 0)) * 0.01 END,
    100 * s.opens_unique / nullif(s.delivered, 0),
    100 * s.clicks_unique / nullif(s.delivered, 0),
    100 * s.conversion_uniques / nullif(s.delivered, 0),
    s.best_id, s.best_name, s.best_revenue, s.worst_id, s.worst_name, s.worst_revenue,
    coalesce(t.by_revenue[1:5], CAST([] AS VARCHAR[])),
    coalesce(t.performance, CAST(map([], []) AS MAP(VARCHAR, DOUBLE))),
    now()
FROM summed AS s
LEFT JOIN tags AS t ON t.date = s.date AND t.send_channel = s.send_channel
