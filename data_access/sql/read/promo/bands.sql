-- purpose: a model's coefficients by band of discount
-- grain: one row a department, channel and band
-- params: model String
-- reads: uplift_coefficients
SELECT
    department, channel, discount_band, uplift_sales_pct, uplift_units_pct, margin_impact_pct, confidence, sample_size
FROM uplift_coefficients
WHERE model_version = :model
ORDER BY department, channel, discount_band
