-- purpose: when people buy: the period's orders by weekday and hour of the account's clock
-- grain: one row a weekday (1 Monday) and hour; orders are added up by quarters of an hour first, because converting
-- grain: each order's time to the zone took a third of the page's reading
-- params: start Date32, end Date32, this_until Nullable(DateTime64(6)), zone String, channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders
WITH quarters AS (
    SELECT
        CAST(floor(date_part('epoch', o.order_timestamp) / 900) AS BIGINT) AS quarter,
        sum(o.order_value_account) AS gross,
        sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS orders
    FROM klaviyo_orders AS o
    WHERE o.order_date BETWEEN :start AND :end
        AND (CAST(:this_until AS TIMESTAMPTZ) IS NULL OR o.order_timestamp < CAST(:this_until AS TIMESTAMPTZ))
        AND (:any_channel OR o.channel = ANY (CAST(:channels AS VARCHAR[])))
        AND (:any_country OR o.shipping_country = ANY (CAST(:countries AS VARCHAR[])))
        AND (NOT :first_orders OR o.is_first_order = 1)
        AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
        AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
    GROUP BY CAST(floor(date_part('epoch', o.order_timestamp) / 900) AS BIGINT)
),
clocked AS (
    SELECT
        CAST(date_part('isodow', to_timestamp(quarter * 900) AT TIME ZONE :zone) AS INTEGER) AS weekday,
        CAST(date_part('hour', to_timestamp(quarter * 900) AT TIME ZONE :zone) AS INTEGER) AS hour,
        gross,
        orders
    FROM quarters
)
SELECT weekday, hour, CAST(coalesce(sum(gross), 0) AS DECIMAL(18, 2)) AS gross, sum(orders) AS orders
FROM clocked
GROUP BY weekday, hour
