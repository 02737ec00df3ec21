-- purpose: the baskets that hold two products, with all that is in them
-- grain: one row an order
-- params: one Int32, other Int32
-- reads: order_baskets
SELECT order_date, products
FROM order_baskets
WHERE list_contains(products, :one) AND list_contains(products, :other)
