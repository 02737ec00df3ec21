-- purpose: since when this installation has had an account
-- grain: one row; NULL before the first
SELECT min(created_at) AS began FROM stores WHERE klaviyo_public_id IS NOT NULL
