-- purpose: orders and lines, also those without events, in the account's currency, by the rates in force now
-- grain: one row an order, one a line
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE orders_at_rates ENGINE = Memory AS
SELECT o.order_id AS order_id, r.numerator AS numerator, r.denominator AS denominator
FROM klaviyo_orders AS o
LEFT JOIN account_rates AS r
    ON r.currency = o.currency AND o.order_date >= r.valid_from AND o.order_date < r.valid_to
WHERE o.klaviyo_public_id = :account
-- @next
INSERT INTO klaviyo_orders
SELECT k.* REPLACE (
    if(k.order_value < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(k.order_value) * 100), r.numerator, r.denominator))
        AS order_value_account,
    promolens_money(promolens_at_rate(toInt64(abs(k.discount_amount) * 100), r.numerator, r.denominator))
        AS discount_amount_account,
    :row_version AS inserted_at
)
FROM klaviyo_orders AS k
JOIN orders_at_rates AS r ON r.order_id = k.order_id
WHERE k.klaviyo_public_id = :account
-- @next
INSERT INTO klaviyo_order_line_items
SELECT k.* REPLACE (
    if(k.line_total < 0, -1, 1) * promolens_money(promolens_at_rate(toInt64(abs(k.line_total) * 100), r.numerator, r.denominator))
        AS line_total_account,
    :row_version AS inserted_at
)
FROM klaviyo_order_line_items AS k
JOIN orders_at_rates AS r ON r.order_id = k.order_id
WHERE k.klaviyo_public_id = :account
