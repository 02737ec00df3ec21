-- purpose: puts the account's products in place, anew; those that are none any more go
-- grain: one row a product that was sold
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE products_before ENGINE = Memory AS
SELECT max(last_updated) AS newest FROM products_master WHERE klaviyo_public_id = :account
-- @next
INSERT INTO products_master (
    klaviyo_public_id, product_id, product_name, sku, brand, category, collections, tags, avg_price, min_price,
    max_price, revenue_30d, revenue_60d, revenue_90d, quantity_sold_30d, quantity_sold_60d, quantity_sold_90d,
    unique_customers_30d, unique_customers_60d, unique_customers_90d, conversion_rate, repurchase_rate,
    avg_units_per_order, revenue_per_customer, first_sold_date, last_sold_date, days_on_market, velocity_score,
    revenue_rank, quantity_rank, discount_rate, avg_discount_amount, last_updated, is_deleted
)
SELECT
    :account, product_id, product_name, sku, brand, category, collections, tags, avg_price, min_price,
    max_price, revenue_30d, revenue_60d, revenue_90d, quantity_sold_30d, quantity_sold_60d, quantity_sold_90d,
    unique_customers_30d, unique_customers_60d, unique_customers_90d, conversion_rate, repurchase_rate,
    avg_units_per_order, revenue_per_customer, first_sold_date, last_sold_date, days_on_market, velocity_score,
    revenue_rank, quantity_rank, discount_rate, avg_discount_amount, :row_version, 0
FROM made_products
-- @next
INSERT INTO products_master (klaviyo_public_id, product_id, last_updated, is_deleted)
SELECT :account, product_id, :row_version, 1
FROM products_master
WHERE klaviyo_public_id = :account AND last_updated <= (SELECT newest FROM products_before)
-- @next
INSERT INTO product_trends (klaviyo_public_id, product_id, weekly_sales, sales_90d, updated_at, is_deleted)
SELECT :account, product_id, weekly_sales, sales_90d, :row_version, 0
FROM made_trends
-- @next
INSERT INTO product_trends (klaviyo_public_id, product_id, sales_90d, updated_at, is_deleted)
SELECT :account, product_id, 0, :row_version, 1
FROM product_trends
WHERE klaviyo_public_id = :account AND product_id NOT IN (SELECT product_id FROM made_trends)
