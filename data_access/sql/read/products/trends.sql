-- purpose: gross sales of each product in the last weeks and in the 90 days before the as-of date
-- grain: one row a product; weekly_sales: the oldest week first
-- reads: product_trends
SELECT product_id, weekly_sales, sales_90d FROM product_trends
