-- purpose: the cancelled orders of some parts, as rows of refund_cancelled_orders: their whole value is deducted
-- grain: one row an order
-- params: first Int64, last Int64
SELECT
    'cancelled:' || order_id AS event_id, order_timestamp AS event_timestamp, 'cancelled' AS event_type,
    order_id AS original_order_id, customer_id, customer_email, CAST(NULL AS DECIMAL(18, 2)) AS refund_amount,
    '' AS amount_source, '' AS refund_reason, currency AS said_currency, CAST([] AS VARCHAR[]) AS line_items_affected,
    CAST([] AS VARCHAR[]) AS products_affected, CAST([] AS UINTEGER[]) AS quantities_refunded,
    CAST([] AS VARCHAR[]) AS skus_affected, CAST([] AS DECIMAL(18, 2)[]) AS line_totals_affected,
    CAST(NULL AS VARCHAR) AS metric_id, CAST(NULL AS VARCHAR) AS metric_name, CAST(NULL AS VARCHAR) AS profile_id,
    CAST(NULL AS VARCHAR) AS event_properties, CAST(NULL AS VARCHAR) AS profile_properties,
    CAST(NULL AS VARCHAR) AS reason
FROM klaviyo_orders
WHERE part BETWEEN :first AND :last AND order_status = 'cancelled'
