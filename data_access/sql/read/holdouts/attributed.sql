-- purpose: what attribution credits a campaign with, by its orders of some days
-- grain: one row; orders of no value and cancelled ones are not counted, deductions are those of these orders
-- params: campaign String, start Date32, end Date32
-- reads: klaviyo_orders, order_attribution, order_deductions
WITH deducted AS (
    SELECT order_id AS order_id, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
    FROM order_deductions
    WHERE order_date BETWEEN :start AND :end
    GROUP BY order_id
)
SELECT
    CAST(coalesce(sum(CASE WHEN o.order_status <> 'cancelled' AND o.order_value > 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
        AS orders,
    CAST(coalesce(sum(o.order_value_account), CAST(0 AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS gross,
    CAST(
        coalesce(sum(CASE WHEN o.order_value_account IS NOT NULL THEN d.amount END), CAST(0 AS DECIMAL(18, 2)))
        AS DECIMAL(18, 2)
    ) AS deducted
FROM order_attribution AS a
JOIN klaviyo_orders AS o ON o.order_id = a.order_id
LEFT JOIN deducted AS d ON d.order_id = o.order_id
WHERE a.source_type = 'campaign' AND a.campaign_id = :campaign AND a.order_date BETWEEN :start AND :end
    AND o.order_date BETWEEN :start AND :end
