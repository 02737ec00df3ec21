-- purpose: what loads and projections touched and no aggregate has taken in yet
-- grain: one row a dataset, kind and key
-- params: account String, upto Int64
SELECT DISTINCT dataset, kind, key
FROM touched
WHERE klaviyo_public_id = :account AND kind NOT IN ('order_event', 'profile') AND seq <= :upto
