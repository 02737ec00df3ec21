-- purpose: what the counted orders come to by customer; sums are in the account's currency and leave out what no rate
-- purpose: turns into it
-- grain: one row a customer with an order that counts
CREATE OR REPLACE TEMP TABLE customer_orders AS
SELECT
    row_number() OVER () AS place, *
FROM (
    SELECT
        customer_id, min(customer_email) AS email, max(customer_email) AS other_email, count(*) AS total_orders,
        coalesce(sum(order_value_account), 0) AS total_revenue, sum(deducted) AS total_refunds,
        min(order_date) AS first_order_date, max(order_date) AS last_order_date, list(order_date) AS days,
        sum(CASE WHEN discount_amount > 0 THEN 1 ELSE 0 END) AS discounted_orders,
        sum(CASE WHEN discount_amount > 0 AND discount_amount_account IS NOT NULL THEN 1 ELSE 0 END) AS priced_discounts,
        coalesce(sum(CASE WHEN discount_amount > 0 THEN discount_amount_account END), 0) AS discount_total,
        sum(CASE WHEN isodow(order_date) > 5 THEN 1 ELSE 0 END) AS weekend_orders,
        list(order_hour) AS hours,
        list({
            'day': order_date,
            'cents': CAST((coalesce(order_value_account, 0) - deducted) * 100 AS BIGINT)
        }) AS orders
    FROM counted_orders
    GROUP BY customer_id
) AS sums
-- @next
-- Orders of one customer that name several e-mails: the latest holds.
CREATE OR REPLACE TEMP TABLE latest_emails AS
SELECT customer_id, arg_max(customer_email, (order_timestamp, order_id)) AS email
FROM counted_orders
WHERE customer_email IS NOT NULL
    AND customer_id IN (SELECT customer_id FROM customer_orders WHERE email <> other_email)
GROUP BY customer_id
