-- purpose: the baskets of all orders that count, anew, by day: those of some days are then found without the others
-- grain: one row an order with lines
-- params: account String, as_of Date
DELETE FROM order_baskets WHERE klaviyo_public_id = :account
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products)
SELECT :account, l.order_id, any_value(o.order_date), list_sort(list_distinct(list(p.code)))
FROM klaviyo_order_line_items AS l
JOIN klaviyo_orders AS o
    ON o.klaviyo_public_id = l.klaviyo_public_id AND o.order_id = l.order_id
    AND o.order_status <> 'cancelled' AND o.order_value > 0 AND o.order_date <= :as_of
LEFT JOIN variant_products AS v ON v.line_product = l.product_id
JOIN numbered_products AS p ON p.product_id = coalesce(v.of_product, l.product_id)
WHERE l.klaviyo_public_id = :account
GROUP BY l.order_id
ORDER BY any_value(o.order_date)
