-- purpose: what an admin chose for the expected value of customers
-- grain: one row a choice
-- params: account String
SELECT key, value
FROM settings
WHERE klaviyo_public_id = :account AND key IN ('value_months', 'value_discount_pct', 'value_margin_pct')
