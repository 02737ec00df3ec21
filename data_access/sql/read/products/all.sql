-- purpose: every product that was sold, best revenue of 90 days first
-- grain: one row a product
-- reads: products_master
SELECT
    product_id, product_name, sku, brand, category, collections, tags, avg_price, min_price, max_price,
    revenue_30d, revenue_60d, revenue_90d, quantity_sold_30d, quantity_sold_60d, quantity_sold_90d,
    unique_customers_30d, unique_customers_60d, unique_customers_90d, conversion_rate, repurchase_rate,
    avg_units_per_order, revenue_per_customer, first_sold_date, last_sold_date, days_on_market, velocity_score,
    revenue_rank, quantity_rank, discount_rate, avg_discount_amount
FROM products_master
ORDER BY revenue_rank, product_id
