-- purpose: rebuilds the account's daily figures for the days of rebuild_days; growth compares with the same weekday before
-- grain: one row a day with an order or report statistics. Counts leave out orders of value 0 or less, AOV those too
-- grain: and orders without a rate; customers are those with an order that counts, cancelled ones out; divisions round half up to the cent
-- params: account String
DELETE FROM account_metrics_daily
WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO account_metrics_daily (
    klaviyo_public_id, date, total_revenue, email_revenue, sms_revenue, flow_revenue, campaign_revenue, total_orders,
    email_orders, sms_orders, avg_order_value, unique_customers, new_customers, repeat_customers, new_customer_revenue,
    repeat_customer_revenue, total_emails_sent, total_sms_sent, total_opens, total_clicks, revenue_per_email,
    revenue_per_sms, revenue_per_recipient, revenue_growth_pct, order_growth_pct, customer_growth_pct, timestamp
)
WITH needed AS (
    SELECT date FROM rebuild_days
    UNION
    SELECT date - 7 FROM rebuild_days
),
orders AS (
    SELECT
        o.order_date AS date, o.order_value, o.order_value_account AS value,
        coalesce(a.channel, 'none') AS won_by, coalesce(a.source_type, 'none') AS source_type,
        CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN o.customer_id END AS counted,
        max(o.is_first_order) OVER (PARTITION BY o.order_date, o.customer_id) = 1 AS is_new
    FROM klaviyo_orders AS o
    LEFT JOIN order_attribution AS a ON a.klaviyo_public_id = :account AND a.order_id = o.order_id
    WHERE o.klaviyo_public_id = :account AND o.order_date IN (SELECT date FROM needed)
),
sales AS (
    SELECT
        date,
        coalesce(sum(value), 0) AS total_revenue,
        coalesce(sum(CASE WHEN won_by = 'email' THEN value END), 0) AS email_revenue,
        coalesce(sum(CASE WHEN won_by = 'sms' THEN value END), 0) AS sms_revenue,
        coalesce(sum(CASE WHEN source_type = 'flow' THEN value END), 0) AS flow_revenue,
        coalesce(sum(CASE WHEN source_type = 'campaign' THEN value END), 0) AS campaign_revenue,
        sum(CASE WHEN order_value > 0 THEN 1 ELSE 0 END) AS total_orders,
        sum(CASE WHEN order_value > 0 AND won_by = 'email' THEN 1 ELSE 0 END) AS email_orders,
        sum(CASE WHEN order_value > 0 AND won_by = 'sms' THEN 1 ELSE 0 END) AS sms_orders,
        sum(CASE WHEN value > 0 THEN value ELSE 0 END) AS positive,
        sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS priced,
        count(DISTINCT counted) AS unique_customers,
        count(DISTINCT CASE WHEN is_new THEN counted END) AS new_customers,
        coalesce(sum(CASE WHEN is_new THEN value END), 0) AS new_customer_revenue
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
        coalesce(s.total_orders, 0) AS total_orders,
        coalesce(s.email_orders, 0) AS email_orders,
        coalesce(s.sms_orders, 0) AS sms_orders,
        s.positive,
        CAST(s.priced AS HUGEINT) AS priced,
        coalesce(s.unique_customers, 0) AS unique_customers,
        coalesce(s.new_customers, 0) AS new_customers,
        coalesce(s.new_customer_revenue, 0) AS new_customer_revenue,
        CAST(round(coalesce(t.emails, 0)) AS HUGEINT) AS emails,
        CAST(round(coalesce(t.texts, 0)) AS HUGEINT) AS texts,
        CAST(round(coalesce(t.recipients, 0)) AS HUGEINT) AS recipients,
        CAST(round(coalesce(t.opens, 0)) AS HUGEINT) AS opens,
        CAST(round(coalesce(t.clicks, 0)) AS HUGEINT) AS clicks
    FROM sales AS s
    FULL JOIN sends AS t ON t.date = s.date
)
SELECT
    :account, d.date, d.total_revenue, d.email_revenue, d.sms_revenue, d.flow_revenue, d.campaign_revenue,
    d.total_orders, d.email_orders, d.sms_orders,
    CASE WHEN d.priced > 0 THEN
        CAST((2 * CAST(d.positive * 100 AS HUGEINT) + d.priced) // (2 * d.priced) AS DECIMAL(18, 0)) * 0.01 END,
    d.unique_customers, d.new_customers, d.unique_customers - d.new_customers,
    d.new_customer_revenue, d.total_revenue - d.new_customer_revenue,
    d.emails, d.texts, d.opens, d.clicks,
    CASE WHEN d.emails > 0 THEN sign(d.email_revenue)
        * CAST((2 * CAST(abs(d.email_revenue) * 100 AS HUGEINT) + d.emails) // (2 * d.emails) AS DECIMAL(18, 0)) * 0.01 END,
    CASE WHEN d.texts > 0 THEN sign(d.sms_revenue)
        * CAST((2 * CAST(abs(d.sms_revenue) * 100 AS HUGEINT) + d.texts) // (2 * d.texts) AS DECIMAL(18, 0)) * 0.01 END,
    CASE WHEN d.recipients > 0 THEN sign(d.campaign_revenue + d.flow_revenue)
        * CAST((2 * CAST(abs(d.campaign_revenue + d.flow_revenue) * 100 AS HUGEINT) + d.recipients) // (2 * d.recipients)
               AS DECIMAL(18, 0)) * 0.01 END,
    CAST((d.total_revenue - b.total_revenue) AS DOUBLE) / nullif(abs(CAST(b.total_revenue AS DOUBLE)), 0) * 100,
    CAST((d.total_orders - b.total_orders) AS DOUBLE) / nullif(CAST(b.total_orders AS DOUBLE), 0) * 100,
    CAST((d.unique_customers - b.unique_customers) AS DOUBLE) / nullif(CAST(b.unique_customers AS DOUBLE), 0) * 100,
    now()
FROM daily AS d
LEFT JOIN daily AS b ON b.date = d.date - 7
WHERE d.date IN (SELECT date FROM rebuild_days)
