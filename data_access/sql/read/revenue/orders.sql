-- purpose: every split of the revenue page's orders, for the period and the one compared with, in one pass
-- grain: one row a span and value of one split; `split` names it (total, day, source, country, channel, device)
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool, compared_refunds_until Nullable(DateTime64(6))
-- reads: klaviyo_orders, order_attribution, order_deductions
WITH spans AS (
    SELECT 'this' AS span, CAST(:start AS DATE) AS first_day, CAST(:end AS DATE) AS last_day,
           CAST(:this_until AS TIMESTAMPTZ) AS until, CAST(NULL AS TIMESTAMPTZ) AS refunds_until
    UNION ALL
    SELECT 'compared', CAST(:compared_start AS DATE), CAST(:compared_end AS DATE), CAST(:compared_until AS TIMESTAMPTZ),
           CAST(:compared_refunds_until AS TIMESTAMPTZ)
    WHERE :compared_start IS NOT NULL
),
deducted AS (
    -- Compared orders have had as long to come back as those of the period: what came later is left out.
    SELECT s.span, d.order_id, sum(d.amount) AS amount
    FROM order_deductions AS d
    JOIN spans AS s
        ON d.order_date BETWEEN s.first_day AND s.last_day
        AND (s.refunds_until IS NULL OR d.event_timestamp < s.refunds_until)
    GROUP BY s.span, d.order_id
),
counted AS (
    SELECT
        s.span,
        o.order_date,
        coalesce(a.source_type, 'none') AS source_type,
        CASE WHEN a.order_id IS NULL THEN 0 ELSE 1 END AS is_won,
        coalesce(a.channel, 'none') AS message_channel,
        coalesce(CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END, '') AS source_id,
        o.shipping_country,
        o.channel,
        o.device_type,
        o.order_value,
        o.order_value_account,
        o.discount_amount_account,
        o.order_status,
        o.is_first_order,
        d.amount
    FROM klaviyo_orders AS o
    JOIN spans AS s
        ON o.order_date BETWEEN s.first_day AND s.last_day
        AND (s.until IS NULL OR o.order_timestamp < s.until)
    LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
    LEFT JOIN deducted AS d ON d.order_id = o.order_id AND d.span = s.span
    WHERE (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
        AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
)
SELECT
    span,
    CASE
        WHEN GROUPING(order_date) = 0 THEN 'day'
        WHEN GROUPING(source_type) = 0 THEN 'source'
        WHEN GROUPING(shipping_country) = 0 THEN 'country'
        WHEN GROUPING(channel) = 0 THEN 'channel'
        WHEN GROUPING(device_type) = 0 THEN 'device'
        ELSE 'total'
    END AS split,
    order_date,
    coalesce(shipping_country, channel, device_type, source_id) AS key,
    source_type,
    message_channel,
    CAST(coalesce(sum(order_value_account), 0) AS DECIMAL(18, 2)) AS gross,
    CAST(coalesce(sum(CASE WHEN order_value_account > 0 THEN order_value_account END), 0) AS DECIMAL(18, 2)) AS positive,
    sum(CASE WHEN order_value > 0 THEN 1 ELSE 0 END) AS orders,
    sum(CASE WHEN order_value_account > 0 THEN 1 ELSE 0 END) AS priced,
    sum(CASE WHEN order_value > 0 AND discount_amount_account > 0 THEN 1 ELSE 0 END) AS discounted,
    CAST(coalesce(sum(CASE WHEN order_value_account IS NOT NULL THEN discount_amount_account END), 0) AS DECIMAL(18, 2))
        AS discount,
    CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 2)) AS deducted,
    sum(CASE WHEN is_first_order = 1 AND order_status <> 'cancelled' THEN 1 ELSE 0 END) AS new,
    CAST(coalesce(sum(CASE WHEN is_won = 1 THEN order_value_account END), 0) AS DECIMAL(18, 2)) AS won
FROM counted
GROUP BY GROUPING SETS (
    (span),
    (span, order_date),
    (span, source_type, message_channel, source_id),
    (span, shipping_country),
    (span, channel),
    (span, device_type)
)
