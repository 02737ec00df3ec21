-- purpose: the files that an account was filled from
-- grain: one row a load, newest first
-- params: account String
SELECT job_id, file_name, checksum, orders, lines, rejected, first_order, last_order, covers_until, loaded_at
FROM order_loads
WHERE klaviyo_public_id = :account
ORDER BY loaded_at DESC, job_id DESC
