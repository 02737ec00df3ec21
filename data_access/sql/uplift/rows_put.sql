-- purpose: keep what a model knows of each department in each channel, and its coefficients by band
-- grain: one row a department, channel and band
-- params: model String
INSERT INTO uplift_responses (model_version, department, channel, response)
SELECT :model, r.department, r.channel, CAST(r.response AS JSON) FROM learned_responses AS r
-- @next
INSERT INTO uplift_coefficients (
    department, channel, discount_band, uplift_sales_pct, uplift_units_pct, margin_impact_pct, confidence, sample_size,
    model_version
)
SELECT
    b.department, b.channel, b.discount_band, b.uplift_sales_pct, b.uplift_units_pct, b.margin_impact_pct, b.confidence,
    b.sample_size, :model
FROM learned_bands AS b
