-- purpose: the baskets of customers that are in an RFM segment
-- grain: one row an order with lines
-- params: account String
SELECT b.order_date AS order_date, b.products AS products, c.rfm_segment AS segment
FROM order_baskets AS b
JOIN klaviyo_orders AS o ON o.order_id = b.order_id
JOIN customer_profiles AS c ON c.customer_id = o.customer_id
WHERE b.klaviyo_public_id = :account AND o.klaviyo_public_id = :account AND c.klaviyo_public_id = :account
    AND c.rfm_segment <> ''
