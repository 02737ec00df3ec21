-- purpose: the baskets of customers that are in an RFM segment
-- grain: one row an order with lines
-- params: account String
SELECT b.order_date AS order_date, b.products AS products, c.rfm_segment AS segment
FROM (
    -- Both stand in the order of the orders' ids: merged, neither is held in memory.
    SELECT b.order_date AS order_date, b.products AS products, o.customer_id AS customer_id
    FROM order_baskets AS b
    JOIN (SELECT order_id, customer_id FROM klaviyo_orders WHERE klaviyo_public_id = :account) AS o
        ON o.order_id = b.order_id
    WHERE b.klaviyo_public_id = :account
    SETTINGS join_algorithm = 'full_sorting_merge'
) AS b
JOIN (
    SELECT customer_id, rfm_segment FROM customer_profiles WHERE klaviyo_public_id = :account AND rfm_segment <> ''
) AS c ON c.customer_id = b.customer_id
