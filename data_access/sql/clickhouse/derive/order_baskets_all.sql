-- purpose: the baskets of all orders that count, anew; those that are none any more go
-- grain: one row an order with lines
-- params: account String, as_of Date32, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE baskets_before ENGINE = Memory AS
SELECT max(updated_at) AS newest FROM order_baskets WHERE klaviyo_public_id = :account
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products, updated_at, is_deleted)
SELECT
    :account, l.order_id, any(o.order_date), arraySort(groupUniqArray(toInt32(p.code))), :row_version, 0
FROM klaviyo_order_line_items AS l
JOIN (
    SELECT order_id, order_date FROM klaviyo_orders
    WHERE klaviyo_public_id = :account AND order_status <> 'cancelled' AND order_value > 0 AND order_date <= :as_of
) AS o ON o.order_id = l.order_id
LEFT JOIN variant_products AS v ON v.line_product = l.product_id
JOIN numbered_products AS p ON p.product_id = coalesce(v.of_product, l.product_id)
WHERE l.klaviyo_public_id = :account
GROUP BY l.order_id
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products, updated_at, is_deleted)
SELECT :account, order_id, order_date, products, :row_version, 1
FROM order_baskets
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT newest FROM baskets_before)
