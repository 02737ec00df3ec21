-- Ratios are kept as exactly as on the other engines.
ALTER TABLE customer_profiles ALTER COLUMN avg_days_between_orders SET DATA TYPE DOUBLE;
ALTER TABLE customer_profiles ALTER COLUMN discount_usage_rate SET DATA TYPE DOUBLE;
ALTER TABLE customer_profiles ALTER COLUMN churn_risk_score SET DATA TYPE DOUBLE;
ALTER TABLE products_master ALTER COLUMN conversion_rate SET DATA TYPE DOUBLE;
ALTER TABLE products_master ALTER COLUMN repurchase_rate SET DATA TYPE DOUBLE;
ALTER TABLE products_master ALTER COLUMN avg_units_per_order SET DATA TYPE DOUBLE;
ALTER TABLE products_master ALTER COLUMN velocity_score SET DATA TYPE DOUBLE;
ALTER TABLE products_master ALTER COLUMN discount_rate SET DATA TYPE DOUBLE;
ALTER TABLE product_relationships_optimized ALTER COLUMN confidence SET DATA TYPE DOUBLE;
ALTER TABLE product_relationships_optimized ALTER COLUMN lift SET DATA TYPE DOUBLE;
ALTER TABLE product_relationships_optimized ALTER COLUMN support SET DATA TYPE DOUBLE;
ALTER TABLE campaign_daily_aggregates ALTER COLUMN avg_open_rate SET DATA TYPE DOUBLE;
ALTER TABLE campaign_daily_aggregates ALTER COLUMN avg_click_rate SET DATA TYPE DOUBLE;
ALTER TABLE campaign_daily_aggregates ALTER COLUMN avg_conversion_rate SET DATA TYPE DOUBLE;
ALTER TABLE account_metrics_daily ALTER COLUMN revenue_growth_pct SET DATA TYPE DOUBLE;
ALTER TABLE account_metrics_daily ALTER COLUMN order_growth_pct SET DATA TYPE DOUBLE;
ALTER TABLE account_metrics_daily ALTER COLUMN customer_growth_pct SET DATA TYPE DOUBLE;
