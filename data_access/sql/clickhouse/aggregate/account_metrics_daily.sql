-- purpose: rebuilds the account's daily figures for the days of rebuild_days; growth compares with the same weekday before
-- grain: one row a day with an order or report statistics. Counts leave out orders of value 0 or less, AOV those too
-- grain: and orders without a rate; customers are those with an order that counts, cancelled ones out; divisions round half up to the cent
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE rebuilt ENGINE = Memory AS
WITH needed AS (
    SELECT date FROM rebuild_days
    UNION
    SELECT date - 7 FROM rebuild_days
),
wins AS (
    SELECT order_id, channel, source_type FROM order_attribution WHERE klaviyo_public_id = :account
),
orders AS (
    SELECT
        o.order_date AS date, o.order_value AS order_value, o.order_value_account AS value,
        coalesce(a.channel, 'none') AS won_by, coalesce(a.source_type, 'none') AS source_type,
        CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN o.customer_id END AS counted,
        max(o.is_first_order) OVER (PARTITION BY o.order_date, o.customer_id) = 1 AS is_new
    FROM klaviyo_orders AS o
    LEFT JOIN wins AS a ON a.order_id = o.order_id
    WHERE o.klaviyo_public_id = :account AND o.order_date IN (SELECT date FROM needed)
),
sales AS (
    SELECT
        date,
        coalesce(CAST(sum(value) AS DECIMAL(18, 2)), 0) AS total_revenue,
        coalesce(CAST(sum(CASE WHEN won_by = 'email' THEN value END) AS DECIMAL(18, 2)), 0) AS email_revenue,
        coalesce(CAST(sum(CASE WHEN won_by = 'sms' THEN value END) AS DECIMAL(18, 2)), 0) AS sms_revenue,
        coalesce(CAST(sum(CASE WHEN source_type = 'flow' THEN value END) AS DECIMAL(18, 2)), 0) AS flow_revenue,
        coalesce(CAST(sum(CASE WHEN source_type = 'campaign' THEN value END) AS DECIMAL(18, 2)), 0) AS campaign_revenue,
        sum(CASE WHEN order_value > 0 THEN 1 ELSE 0 END) AS total_orders,
        sum(CASE WHEN order_value > 0 AND won_by = 'email' THEN 1 ELSE 0 END) AS email_orders,
        sum(CASE WHEN order_value > 0 AND won_by = 'sms' THEN 1 ELSE 0 END) AS sms_orders,
        CAST(sum(CASE WHEN value > 0 THEN value ELSE 0 END) AS DECIMAL(18, 2)) AS positive,
        sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS priced,
        count(DISTINCT counted) AS unique_customers,
        count(DISTINCT CASE WHEN is_new THEN counted END) AS new_customers,
        coalesce(CAST(sum(CASE WHEN is_new THEN value END) AS DECIMAL(18, 2)), 0) AS new_customer_revenue
    FROM orders
    GROUP BY date
),
sends AS (
    SELECT
        date,
        sum(CASE WHEN send_channel = 'email' THEN recipients ELSE 0 END) AS emails,
        sum(CASE WHEN send_channel = 'sms' THEN recipients ELSE 0 END) AS texts,
        sum(recipients) AS recipients,
        sum(opens_unique) AS opens,
        sum(clicks_unique) AS clicks
    FROM (
        SELECT date, send_channel, recipients, opens_unique, clicks_unique
        FROM campaign_statistics
        WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM needed)
        UNION ALL
        SELECT date, send_channel, recipients, opens_unique, clicks_unique
        FROM flow_statistics
        WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM needed)
    ) AS statistics
    GROUP BY date
),
daily AS (
    SELECT
        coalesce(s.date, t.date) AS date,
        coalesce(s.total_revenue, 0) AS total_revenue,
        coalesce(s.email_revenue, 0) AS email_revenue,
        coalesce(s.sms_revenue, 0) AS sms_revenue,
        coalesce(s.flow_revenue, 0) AS flow_revenue,
        coalesce(s.campaign_revenue, 0) AS campaign_revenue,
        toInt64(coalesce(s.total_orders, 0)) AS total_orders,
        toInt64(coalesce(s.email_orders, 0)) AS email_orders,
        toInt64(coalesce(s.sms_orders, 0)) AS sms_orders,
        s.positive AS positive,
        toInt64(s.priced) AS priced,
        toInt64(coalesce(s.unique_customers, 0)) AS unique_customers,
        toInt64(coalesce(s.new_customers, 0)) AS new_customers,
        coalesce(s.new_customer_revenue, 0) AS new_customer_revenue,
        toInt64(round(coalesce(t.emails, 0))) AS emails,
        toInt64(round(coalesce(t.texts, 0))) AS texts,
        toInt64(round(coalesce(t.recipients, 0))) AS recipients,
        toInt64(round(coalesce(t.opens, 0))) AS opens,
        toInt64(round(coalesce(t.clicks, 0))) AS clicks
    FROM sales AS s
    FULL JOIN sends AS t ON t.date = s.date
)
SELECT
    d.date AS date, d.total_revenue AS total_revenue, d.email_revenue AS email_revenue, d.sms_revenue AS sms_revenue,
    d.flow_revenue AS flow_revenue, d.campaign_revenue AS campaign_revenue,
    d.total_orders AS total_orders, d.email_orders AS email_orders, d.sms_orders AS sms_orders,
    CASE WHEN d.priced > 0 THEN promolens_money(promolens_half_up(toInt64(d.positive * 100), d.priced)) END
        AS avg_order_value,
    d.unique_customers AS unique_customers, d.new_customers AS new_customers,
    d.unique_customers - d.new_customers AS repeat_customers,
    d.new_customer_revenue AS new_customer_revenue,
    d.total_revenue - d.new_customer_revenue AS repeat_customer_revenue,
    d.emails AS total_emails_sent, d.texts AS total_sms_sent, d.opens AS total_opens, d.clicks AS total_clicks,
    CASE WHEN d.emails > 0 THEN sign(d.email_revenue)
        * promolens_money(promolens_half_up(toInt64(abs(d.email_revenue) * 100), d.emails)) END AS revenue_per_email,
    CASE WHEN d.texts > 0 THEN sign(d.sms_revenue)
        * promolens_money(promolens_half_up(toInt64(abs(d.sms_revenue) * 100), d.texts)) END AS revenue_per_sms,
    CASE WHEN d.recipients > 0 THEN sign((d.campaign_revenue + d.flow_revenue))
        * promolens_money(promolens_half_up(toInt64(abs((d.campaign_revenue + d.flow_revenue)) * 100), d.recipients)) END
        AS revenue_per_recipient,
    toFloat64(d.total_revenue - b.total_revenue) / nullIf(abs(toFloat64(b.total_revenue)), 0) * 100
        AS revenue_growth_pct,
    toFloat64(d.total_orders - b.total_orders) / nullIf(toFloat64(b.total_orders), 0) * 100 AS order_growth_pct,
    toFloat64(d.unique_customers - b.unique_customers) / nullIf(toFloat64(b.unique_customers), 0) * 100
        AS customer_growth_pct
FROM daily AS d
LEFT JOIN (SELECT * REPLACE (date + 7 AS date) FROM daily) AS b ON b.date = d.date
WHERE d.date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO account_metrics_daily
SELECT :account, *, :row_version, 0
FROM rebuilt
UNION ALL
-- Days that have no order and no statistics any more.
SELECT * REPLACE (:row_version AS timestamp, 1 AS is_deleted)
FROM account_metrics_daily
WHERE klaviyo_public_id = :account
    AND date IN (SELECT date FROM rebuild_days)
    AND date NOT IN (SELECT date FROM rebuilt)
