-- purpose: puts refunds and cancellations in place, by event
-- grain: one row an event
-- params: account String, row_version DateTime64(6)
INSERT INTO refund_cancelled_orders (
    klaviyo_public_id, event_id, event_timestamp, event_type, original_order_id, customer_id, customer_email,
    refund_amount, amount_source, refund_reason, refund_currency, line_items_affected, products_affected,
    quantities_refunded, skus_affected, line_totals_affected, metric_id, metric_name, profile_id, event_properties,
    profile_properties, store_public_ids, synced_at, inserted_at
)
SELECT
    :account, event_id, event_timestamp, event_type, original_order_id, customer_id, customer_email,
    refund_amount, amount_source, refund_reason, coalesce(said_currency, ''), line_items_affected,
    products_affected, quantities_refunded, skus_affected, line_totals_affected, metric_id, metric_name, profile_id,
    event_properties, profile_properties, [:account], now64(6), :row_version
FROM incoming_refunds
WHERE reason IS NULL
-- @next
-- An event that cannot become a row any more, and one that is another customer's now: the customer is part of the key.
INSERT INTO refund_cancelled_orders
SELECT f.* REPLACE (:row_version AS inserted_at, 1 AS is_deleted)
FROM refund_cancelled_orders AS f
WHERE f.klaviyo_public_id = :account
    AND f.event_id IN (SELECT event_id FROM incoming_refunds)
    AND (f.event_id, f.customer_id) NOT IN (SELECT event_id, customer_id FROM incoming_refunds WHERE reason IS NULL)
