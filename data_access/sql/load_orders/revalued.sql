-- purpose: orders and lines, also those without events, in the account's currency, by the rates in force now
-- grain: one row an order, one a line
-- params: account String
UPDATE klaviyo_orders AS k
SET
    order_value_account = CASE WHEN k.order_value < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(k.order_value) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2)),
    discount_amount_account =
        CAST(TRY_CAST((2 * CAST(k.discount_amount * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
             AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
FROM (
    SELECT o.order_id, r.numerator, r.denominator
    FROM klaviyo_orders AS o
    LEFT JOIN account_rates AS r
        ON r.currency = o.currency AND o.order_date >= r.valid_from AND o.order_date < r.valid_to
    WHERE o.klaviyo_public_id = :account
) AS r
WHERE k.klaviyo_public_id = :account AND r.order_id = k.order_id
-- @next
UPDATE klaviyo_order_line_items AS k
SET
    line_total_account = CASE WHEN k.line_total < 0 THEN -1 ELSE 1 END
        * CAST(TRY_CAST((2 * CAST(abs(k.line_total) * 100 AS HUGEINT) * r.numerator + r.denominator) // (2 * r.denominator)
               AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))
FROM (
    SELECT o.order_id, r.numerator, r.denominator
    FROM klaviyo_orders AS o
    LEFT JOIN account_rates AS r
        ON r.currency = o.currency AND o.order_date >= r.valid_from AND o.order_date < r.valid_to
    WHERE o.klaviyo_public_id = :account
) AS r
WHERE k.klaviyo_public_id = :account AND r.order_id = k.order_id
