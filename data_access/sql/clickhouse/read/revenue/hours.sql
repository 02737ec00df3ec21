-- purpose: when people buy: the period's orders by weekday and hour of the account's clock
-- grain: one row a weekday (1 Monday) and hour
-- params: start Date32, end Date32, this_until Nullable(DateTime64(6)), zone String, channels Array(String)
-- params: , countries Array(String), any_channel Bool, any_country Bool, first_orders Bool, repeat_orders Bool
-- params: , uncounted Bool
-- reads: klaviyo_orders
SELECT
    toDayOfWeek(o.order_timestamp, 0, :zone) AS weekday,
    toHour(o.order_timestamp, :zone) AS hour,
    coalesce(CAST(sum(o.order_value_account) AS DECIMAL(18, 2)), 0) AS gross,
    sum(CASE WHEN o.order_value > 0 THEN 1 ELSE 0 END) AS orders
FROM klaviyo_orders AS o
WHERE o.order_date BETWEEN :start AND :end
    AND (:this_until IS NULL OR o.order_timestamp < :this_until)
    AND (:any_channel OR has(:channels, o.channel))
    AND (:any_country OR has(:countries, o.shipping_country))
    AND (NOT :first_orders OR o.is_first_order = 1)
    AND (NOT :repeat_orders OR o.order_count_for_customer > 1)
    AND (NOT :uncounted OR o.order_status = 'cancelled' OR o.order_value <= 0)
GROUP BY weekday, hour
