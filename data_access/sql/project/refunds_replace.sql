-- purpose: puts refunds and cancellations in place, by event
-- grain: one row an event
-- params: account String
DELETE FROM refund_cancelled_orders
WHERE klaviyo_public_id = :account AND event_id IN (SELECT event_id FROM incoming_refunds)
-- @next
INSERT INTO refund_cancelled_orders (
    klaviyo_public_id, event_id, event_timestamp, event_type, original_order_id, customer_id, customer_email,
    refund_amount, amount_source, refund_reason, refund_currency, line_items_affected, products_affected,
    quantities_refunded, skus_affected, line_totals_affected, metric_id, metric_name, profile_id, event_properties,
    profile_properties, store_public_ids, synced_at
)
SELECT
    :account, event_id, event_timestamp, event_type, original_order_id, customer_id, customer_email,
    refund_amount, amount_source, refund_reason, coalesce(said_currency, ''), line_items_affected,
    products_affected, quantities_refunded, skus_affected, line_totals_affected, metric_id, metric_name, profile_id,
    event_properties, profile_properties, [:account], now()
FROM incoming_refunds
WHERE reason IS NULL
