-- purpose: what the counted orders come to by customer; sums are in the account's currency and leave out what no rate
-- purpose: turns into it
-- grain: one row a customer with an order that counts
CREATE OR REPLACE TEMPORARY TABLE customer_orders ENGINE = Log AS
SELECT
    customer_id, argMax(customer_email, (order_timestamp, order_id)) AS email, toUInt32(count(*)) AS total_orders,
    coalesce(CAST(sum(order_value_account) AS Nullable(Decimal(18, 2))), 0) AS total_revenue,
    CAST(sum(deducted) AS Decimal(18, 2)) AS total_refunds,
    min(order_date) AS first_order_date, max(order_date) AS last_order_date,
    toUInt32(sum(if(discount_amount > 0, 1, 0))) AS discounted_orders,
    toUInt32(sum(if(discount_amount > 0 AND discount_amount_account IS NOT NULL, 1, 0))) AS priced_discounts,
    coalesce(CAST(sum(if(discount_amount > 0, discount_amount_account, NULL)) AS Nullable(Decimal(18, 2))), 0)
        AS discount_total,
    toUInt32(sum(if(toDayOfWeek(order_date) > 5, 1, 0))) AS weekend_orders,
    groupArray(order_hour) AS hours,
    arraySort(groupArray((order_date, toInt64((coalesce(order_value_account, 0) - deducted) * 100)))) AS orders,
    toUInt32(length(arrayDistinct(orders.1))) AS order_days
FROM counted_orders
GROUP BY customer_id
