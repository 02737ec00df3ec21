-- purpose: puts the baskets of changed orders in place; an order that does not count any more has none
-- grain: one row a changed order
-- params: account String, first Date, last Date
DELETE FROM order_baskets
WHERE klaviyo_public_id = :account AND order_date BETWEEN :first AND :last
    AND order_id IN (SELECT order_id FROM changed_orders)
-- @next
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products)
SELECT :account, order_id, order_date, products FROM changed_baskets
