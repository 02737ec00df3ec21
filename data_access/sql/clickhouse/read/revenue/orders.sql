-- purpose: every split of the revenue page's orders, for the period and the one compared with, in one pass
-- grain: one row a span and value of one split; `split` names it (total, day, source, country, channel, device)
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , compared_until Nullable(DateTime64(6)), this_until Nullable(DateTime64(6)), channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool, compared_refunds_until Nullable(DateTime64(6))
-- reads: klaviyo_orders, order_attribution, order_deductions
WITH deducted AS (
    -- Compared orders have had as long to come back as those of the period: what came later is left out.
    SELECT span, order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM (
        SELECT order_id, amount, arrayJoin(arrayConcat(
            if(order_date BETWEEN :start AND :end, ['this'], []),
            if(order_date BETWEEN :compared_start AND :compared_end
                AND (:compared_refunds_until IS NULL OR event_timestamp < :compared_refunds_until), ['compared'], [])
        )) AS span
        FROM order_deductions
    ) AS told
    GROUP BY span, order_id
),
spanned AS (
    SELECT *, arrayJoin(arrayConcat(
        if(o.order_date BETWEEN :start AND :end
            AND (:this_until IS NULL OR o.order_timestamp < :this_until), ['this'], []),
        if(o.order_date BETWEEN :compared_start AND :compared_end
            AND (:compared_until IS NULL OR o.order_timestamp < :compared_until), ['compared'], [])
    )) AS span
    FROM klaviyo_orders AS o
    WHERE (o.order_date BETWEEN :start AND :end OR o.order_date BETWEEN :compared_start AND :compared_end)
        AND (:any_channel OR has(:channels, o.channel))
        AND (:any_country OR has(:countries, o.shipping_country))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
),
counted AS (
    SELECT
        o.span AS span,
        o.order_date AS order_date,
        coalesce(a.source_type, 'none') AS source_type,
        CASE WHEN a.order_id IS NULL THEN 0 ELSE 1 END AS is_won,
        coalesce(a.channel, 'none') AS message_channel,
        coalesce(CASE a.source_type WHEN 'flow' THEN a.flow_id ELSE a.campaign_id END, '') AS source_id,
        o.shipping_country AS shipping_country,
        o.channel AS channel,
        o.device_type AS device_type,
        o.order_value AS order_value,
        o.order_value_account AS order_value_account,
        o.discount_amount_account AS discount_amount_account,
        o.order_status AS order_status,
        o.is_first_order AS is_first_order,
        d.amount AS amount
    FROM spanned AS o
    LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
    LEFT JOIN deducted AS d ON d.order_id = o.order_id AND d.span = o.span
)
SELECT
    span,
    -- What is summed over is NULL: every column is filled in `counted`.
    CASE
        WHEN order_date IS NOT NULL THEN 'day'
        WHEN source_type IS NOT NULL THEN 'source'
        WHEN shipping_country IS NOT NULL THEN 'country'
        WHEN channel IS NOT NULL THEN 'channel'
        WHEN device_type IS NOT NULL THEN 'device'
        ELSE 'total'
    END AS split,
    order_date,
    coalesce(shipping_country, channel, device_type, source_id) AS key,
    source_type,
    message_channel,
    coalesce(CAST(sum(order_value_account) AS DECIMAL(18, 2)), 0) AS gross,
    coalesce(CAST(sum(CASE WHEN order_value_account > 0 THEN order_value_account END) AS DECIMAL(18, 2)), 0) AS positive,
    sum(CASE WHEN order_value > 0 THEN 1 ELSE 0 END) AS orders,
    sum(CASE WHEN order_value_account > 0 THEN 1 ELSE 0 END) AS priced,
    sum(CASE WHEN order_value > 0 AND discount_amount_account > 0 THEN 1 ELSE 0 END) AS discounted,
    coalesce(
        CAST(sum(CASE WHEN order_value_account IS NOT NULL THEN discount_amount_account END) AS DECIMAL(18, 2)), 0
    ) AS discount,
    coalesce(CAST(sum(amount) AS DECIMAL(18, 2)), 0) AS deducted,
    sum(CASE WHEN is_first_order = 1 AND order_status <> 'cancelled' THEN 1 ELSE 0 END) AS new,
    coalesce(CAST(sum(CASE WHEN is_won = 1 THEN order_value_account END) AS DECIMAL(18, 2)), 0) AS won
FROM counted
GROUP BY GROUPING SETS (
    (span),
    (span, order_date),
    (span, source_type, message_channel, source_id),
    (span, shipping_country),
    (span, channel),
    (span, device_type)
)
