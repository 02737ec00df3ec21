-- purpose: order events of a slice of the feed, and revised ones, as rows of klaviyo_orders in their own currency
-- grain: one row an event of the conversion metric; `reason` says why an event cannot become an order
-- grain: `currency` is the account's own, which an event without one is in
-- params: account String, metrics Array(String), timezone String, currency String, after Int64, upto Int64
-- params: , revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, profile_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, profile_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND metric_id = ANY (CAST(:metrics AS VARCHAR[]))
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
read AS (
    SELECT
        id AS event_id, profile_id, timestamp AS order_timestamp, value,
        coalesce(nullif(trim_text(json_text(d -> 'OrderId')), ''), nullif(trim_text(json_text(d -> '$event_id')), '')) AS order_id,
        coalesce(value, try_decimal(json_text(d -> '$value'), 18, 2)) AS order_value,
        coalesce(nullif(upper(trim_text(json_text(d -> '$value_currency'))), ''), :currency) AS currency,
        coalesce(
            nullif(lower_text(trim_text(json_text(d -> 'Source Name'))), ''),
            nullif(lower_text(trim_text(json_text(d -> 'source_name'))), ''),
            'web'
        ) AS channel,
        coalesce(nullif(trim_text(json_text(d -> 'device_type')), ''), trim_text(json_text(d -> 'Client Type')), '') AS device_type,
        coalesce(
            try_decimal(json_text(d -> 'Total Discounts'), 15, 2), try_decimal(json_text(d -> 'DiscountValue'), 15, 2), 0
        ) AS discount_amount,
        trim_text(coalesce(
            nullif(CASE jsonb_typeof(d -> 'Discount Codes')
                WHEN 'array' THEN CASE jsonb_typeof(d #> '{Discount Codes,0}')
                    WHEN 'object' THEN json_text(d #> '{Discount Codes,0,code}')
                    ELSE json_text(d #> '{Discount Codes,0}') END
                WHEN 'string' THEN split_part(d ->> 'Discount Codes', ',', 1)
            END, ''),
            nullif(CASE jsonb_typeof(d -> 'DiscountCode')
                WHEN 'array' THEN json_text(d #> '{DiscountCode,0}') WHEN 'string' THEN d ->> 'DiscountCode' END, ''),
            nullif(CASE jsonb_typeof(d -> 'DiscountCodes')
                WHEN 'array' THEN json_text(d #> '{DiscountCodes,0}') WHEN 'string' THEN d ->> 'DiscountCodes' END, ''),
            ''
        )) AS discount_code,
        coalesce(
            json_text(d #> '{ShippingAddress,City}'), json_text(d #> '{Shipping Address,City}'),
            json_text(d #> '{$extra,shipping_address,city}'), ''
        ) AS shipping_city,
        coalesce(
            json_text(d #> '{ShippingAddress,RegionCode}'), json_text(d #> '{Shipping Address,RegionCode}'),
            json_text(d #> '{$extra,shipping_address,province_code}'), json_text(d #> '{ShippingAddress,Region}'),
            json_text(d #> '{$extra,shipping_address,province}'), ''
        ) AS shipping_state,
        coalesce(
            json_text(d #> '{ShippingAddress,CountryCode}'), json_text(d #> '{Shipping Address,CountryCode}'),
            json_text(d #> '{$extra,shipping_address,country_code}'), json_text(d #> '{ShippingAddress,Country}'),
            json_text(d #> '{$extra,shipping_address,country}'), ''
        ) AS shipping_country,
        coalesce(
            json_text(d #> '{ShippingAddress,Zip}'), json_text(d #> '{Shipping Address,Zip}'),
            json_text(d #> '{$extra,shipping_address,zip}'), ''
        ) AS shipping_zip,
        json_text(d -> 'utm_source') AS source,
        json_text(d -> 'utm_medium') AS medium,
        json_text(d -> 'utm_campaign') AS campaign,
        coalesce(
            json_text(d #> '{$extra,landing_site}'), json_text(d -> 'landing_site'), json_text(d -> 'Landing Page'),
            json_text(d -> 'LandingPage'), json_text(d -> 'landing_page'), ''
        ) AS landing
    FROM (SELECT id, profile_id, timestamp, value, properties AS d FROM wanted) AS w
),
customers AS (
    SELECT DISTINCT coalesce(m.target, r.profile_id) AS id
    FROM read AS r LEFT JOIN merged_profiles AS m ON m.id = r.profile_id
)
SELECT
    r.event_id,
    coalesce(m.target, r.profile_id) AS customer_id,
    coalesce(nullif(lower_text(trim_text(p.email)), ''), m.target, r.profile_id) AS customer_email,
    r.order_id,
    CAST(r.order_value AS NUMERIC(18, 2)) AS order_value,
    r.currency,
    CAST(r.order_timestamp AT TIME ZONE :timezone AS DATE) AS order_date,
    r.order_timestamp,
    r.channel,
    r.device_type,
    r.shipping_city, r.shipping_state, r.shipping_country, r.shipping_zip,
    CAST(r.discount_amount AS NUMERIC(15, 2)) AS discount_amount,
    r.discount_code,
    CASE WHEN r.discount_code <> '' THEN 'code' WHEN r.discount_amount > 0 THEN 'automatic' ELSE '' END AS discount_type,
    array_remove(coalesce(p.tags, CAST(ARRAY[] AS TEXT[])), NULL) AS customer_tags,
    coalesce(nullif(r.source, ''), url_decode(substring(r.landing FROM '[?&]utm_source=([^&#]*)')), '') AS utm_source,
    coalesce(nullif(r.medium, ''), url_decode(substring(r.landing FROM '[?&]utm_medium=([^&#]*)')), '') AS utm_medium,
    coalesce(nullif(r.campaign, ''), url_decode(substring(r.landing FROM '[?&]utm_campaign=([^&#]*)')), '') AS utm_campaign,
    CASE
        WHEN r.order_id IS NULL THEN 'event_properties.OrderId: neither OrderId nor $event_id is there'
        WHEN r.order_value IS NULL THEN 'event_properties.$value: missing, or not a number'
        WHEN abs(r.order_value) >= 10000000000000 THEN 'event_properties.$value: beyond what money can hold'
    END AS reason
FROM read AS r
LEFT JOIN merged_profiles AS m ON m.id = r.profile_id
LEFT JOIN (
    SELECT id, email, coalesce(
        json_texts(properties -> 'Shopify Tags'), json_texts(properties -> 'tags'), json_texts(properties -> 'Tags'),
        CASE WHEN json_text(properties -> 'tags') <> '' THEN ARRAY(
            SELECT trim_text(tag) FROM unnest(string_to_array(json_text(properties -> 'tags'), ','))
                WITH ORDINALITY AS t (tag, place) ORDER BY place
        ) END,
        CAST(ARRAY[] AS TEXT[])
    ) AS tags
    FROM klaviyo_profiles
    WHERE klaviyo_public_id = :account AND id IN (SELECT id FROM customers)
) AS p ON p.id = coalesce(m.target, r.profile_id)
