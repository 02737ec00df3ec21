-- purpose: forgets a load whose orders were taken out
-- grain: one row
-- params: account String, job String
DELETE FROM order_loads WHERE klaviyo_public_id = :account AND job_id = :job
