-- purpose: the customers of whom more changed than that they placed new orders, since a derived table was computed
-- grain: one row a customer and day on which such an order stood or stands
-- params: account String, after Int64, upto Int64
SELECT DISTINCT key AS customer_id, day
FROM derived_work
WHERE klaviyo_public_id = :account AND kind = 'customer' AND seq > :after AND seq <= :upto
