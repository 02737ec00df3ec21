-- purpose: writes one part's orders as they go into the warehouse, with their places in their customers' sequences
-- grain: one row an order
-- params: part Int64, file String
COPY (
    SELECT
        o.order_id, o.event_id, o.customer_id, o.customer_email, o.order_value, o.currency,
        o.order_value_account, o.order_status, o.order_date, o.order_timestamp, o.item_count,
        p.products AS product_count,
        CAST(s.first_order AS INTEGER) AS is_first_order,
        CAST(s.count_for_customer AS INTEGER) AS order_count_for_customer,
        CAST(s.gap AS INTEGER) AS days_since_last_order,
        o.channel, o.device_type, o.shipping_city, o.shipping_state, o.shipping_country, o.shipping_zip,
        o.discount_amount, o.discount_amount_account, o.discount_code, o.discount_type, o.customer_tags,
        CAST(s.spent AS DECIMAL(18, 2)) AS customer_total_spent,
        CAST(s.number AS INTEGER) AS customer_order_count,
        o.utm_source, o.utm_medium, o.utm_campaign
    FROM klaviyo_orders AS o
    JOIN (
        SELECT order_id, count(*) AS products
        FROM (
            SELECT DISTINCT l.order_id, l.product_id
            FROM read_lines AS l
            JOIN klaviyo_orders AS o ON o.order_id = l.order_id AND o.part = :part
            -- Where an order's lines stand together, only the part's own are looked at.
            WHERE l.line BETWEEN (SELECT min(first_line) FROM klaviyo_orders WHERE part = :part)
                AND (SELECT max(last_line) FROM klaviyo_orders WHERE part = :part)
        )
        GROUP BY order_id
    ) AS p ON p.order_id = o.order_id
    LEFT JOIN sequenced AS s ON s.order_id = o.order_id
    WHERE o.part = :part
) TO :file (FORMAT parquet)
