-- purpose: baskets with at least two of some products
-- grain: one row a basket; all of its products
-- params: account String, codes Array(Int32)
SELECT order_date, products
FROM order_baskets
WHERE klaviyo_public_id = :account
    AND len(list_filter(products, lambda code: list_contains(CAST(:codes AS INTEGER[]), code))) > 1
