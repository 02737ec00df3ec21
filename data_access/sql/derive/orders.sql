-- purpose: the orders that changed since a derived table was computed, with the days that they stood and stand on
-- grain: one row an order and day; known: it was in the warehouse when the table was computed
-- params: account String, after Int64, upto Int64
SELECT DISTINCT w.order_id, w.day, w.known
FROM (
    SELECT key AS order_id, day, first_value(known) OVER (PARTITION BY key ORDER BY seq) AS known
    FROM derived_work
    WHERE klaviyo_public_id = :account AND kind = 'order' AND seq > :after AND seq <= :upto
) AS w
