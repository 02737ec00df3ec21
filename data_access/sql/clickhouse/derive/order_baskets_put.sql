-- purpose: puts the baskets of changed orders in place; an order that does not count any more has none
-- grain: one row a changed order
-- params: account String, first Date32, last Date32, row_version DateTime64(6)
INSERT INTO order_baskets (klaviyo_public_id, order_id, order_date, products, updated_at, is_deleted)
SELECT :account, order_id, order_date, products, :row_version, 0 FROM changed_baskets
UNION ALL
SELECT :account, order_id, order_date, products, :row_version, 1
FROM order_baskets
WHERE klaviyo_public_id = :account AND order_date BETWEEN :first AND :last
    AND order_id IN (SELECT order_id FROM changed_orders)
    AND order_id NOT IN (SELECT order_id FROM changed_baskets)
