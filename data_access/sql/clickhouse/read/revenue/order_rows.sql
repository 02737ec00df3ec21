-- purpose: the orders behind the revenue page, for its export
-- grain: one row an order of the period
-- params: start Date32, end Date32, this_until Nullable(DateTime64(6)), channels Array(String), countries Array(String)
-- params: , any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool, uncounted Bool
-- params: , with_email Bool
-- reads: klaviyo_orders, order_attribution, order_deductions
WITH deducted AS (
    SELECT order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM order_deductions
    WHERE order_date BETWEEN :start AND :end
    GROUP BY order_id
)
SELECT
    o.order_id AS order_id,
    o.order_timestamp AS order_timestamp,
    o.order_date AS order_date,
    o.order_status AS order_status,
    o.customer_id AS customer_id,
    CASE WHEN :with_email AND o.customer_email LIKE '%@%' THEN o.customer_email ELSE '' END AS customer_email,
    o.order_value_account AS order_value,
    o.currency AS order_currency,
    o.order_value AS order_value_original,
    o.discount_amount_account AS discount_amount,
    o.discount_code AS discount_code,
    coalesce(d.amount, 0) AS deductions,
    o.is_first_order AS is_first_order,
    o.channel AS channel,
    o.device_type AS device_type,
    o.shipping_country AS shipping_country,
    coalesce(a.channel, '') AS attributed_channel,
    coalesce(a.campaign_id, '') AS campaign_id,
    coalesce(a.flow_id, '') AS flow_id,
    coalesce(a.message_id, '') AS message_id
FROM klaviyo_orders AS o
LEFT JOIN order_attribution AS a ON a.order_id = o.order_id
LEFT JOIN deducted AS d ON d.order_id = o.order_id
WHERE o.order_date BETWEEN :start AND :end
    AND (:this_until IS NULL OR o.order_timestamp < :this_until)
    AND (:any_channel OR has(:channels, o.channel))
    AND (:any_country OR has(:countries, o.shipping_country))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
ORDER BY o.order_timestamp, o.order_id
