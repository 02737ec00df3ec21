-- purpose: every day that the copied facts have
-- grain: one row a day
-- params: account String
SELECT date FROM fact_revenue WHERE klaviyo_public_id = :account
UNION
SELECT date FROM fact_conversions WHERE klaviyo_public_id = :account
