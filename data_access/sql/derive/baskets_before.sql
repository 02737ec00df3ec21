-- purpose: the baskets of changed orders as they were counted
-- grain: one row an order that was counted
-- params: account String, first Date32, last Date32
SELECT order_id, order_date, products
FROM order_baskets
WHERE klaviyo_public_id = :account AND order_date BETWEEN :first AND :last
    AND order_id IN (SELECT order_id FROM changed_orders)
