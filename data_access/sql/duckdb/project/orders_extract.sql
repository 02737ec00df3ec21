-- purpose: order events of a slice of the feed, and revised ones, as rows of klaviyo_orders in their own currency
-- grain: one row an event of the conversion metric; `reason` says why an event cannot become an order
-- grain: `currency` is the account's own, which an event without one is in
-- params: account String, metrics Array(String), timezone String, currency String, after Int64, upto Int64
-- params: , revised_before Int64, touched_upto Int64
WITH wanted AS (
    SELECT id, profile_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND list_contains(CAST(:metrics AS VARCHAR[]), metric_id)
        AND ingest_seq > :after AND ingest_seq <= :upto
    UNION ALL
    SELECT id, profile_id, timestamp, value, properties
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND list_contains(CAST(:metrics AS VARCHAR[]), metric_id)
        AND ingest_seq <= :revised_before
        AND id IN (
            SELECT key FROM touched
            WHERE klaviyo_public_id = :account AND kind = 'order_event' AND seq <= :touched_upto
        )
),
parsed AS (
    SELECT
        id AS event_id, profile_id, timestamp AS order_timestamp, value,
        json_extract(properties, ['$."Discount Codes"', '$.DiscountCode', '$.DiscountCodes']) AS codes,
        json_extract_string(properties, [
            '$.OrderId', '$."$event_id"', '$."$value"', '$."$value_currency"',
            '$."Source Name"', '$.source_name', '$.device_type', '$."Client Type"',
            '$."Total Discounts"', '$.DiscountValue',
            '$.ShippingAddress.City', '$."Shipping Address".City', '$."$extra".shipping_address.city',
            '$.ShippingAddress.RegionCode', '$."Shipping Address".RegionCode',
            '$."$extra".shipping_address.province_code', '$.ShippingAddress.Region',
            '$."$extra".shipping_address.province',
            '$.ShippingAddress.CountryCode', '$."Shipping Address".CountryCode',
            '$."$extra".shipping_address.country_code', '$.ShippingAddress.Country',
            '$."$extra".shipping_address.country',
            '$.ShippingAddress.Zip', '$."Shipping Address".Zip', '$."$extra".shipping_address.zip',
            '$.utm_source', '$.utm_medium', '$.utm_campaign',
            '$."$extra".landing_site', '$.landing_site', '$."Landing Page"', '$.LandingPage', '$.landing_page'
        ]) AS p
    FROM wanted
),
read AS (
    SELECT
        event_id, profile_id, order_timestamp, value,
        coalesce(nullif(trim(p[1]), ''), nullif(trim(p[2]), '')) AS order_id,
        coalesce(value, TRY_CAST(trim(p[3]) AS DECIMAL(18, 2))) AS order_value,
        coalesce(nullif(upper(trim(p[4])), ''), :currency) AS currency,
        coalesce(nullif(lower(trim(p[5])), ''), nullif(lower(trim(p[6])), ''), 'web') AS channel,
        coalesce(nullif(trim(p[7]), ''), trim(p[8]), '') AS device_type,
        coalesce(TRY_CAST(trim(p[9]) AS DECIMAL(15, 2)), TRY_CAST(trim(p[10]) AS DECIMAL(15, 2)), 0) AS discount_amount,
        trim(coalesce(
            nullif(CASE json_type(codes[1])
                WHEN 'ARRAY' THEN CASE json_type(codes[1], '$[0]')
                    WHEN 'OBJECT' THEN codes[1] ->> '$[0].code' ELSE codes[1] ->> '$[0]' END
                WHEN 'VARCHAR' THEN split_part(codes[1] ->> '$', ',', 1)
            END, ''),
            nullif(CASE json_type(codes[2])
                WHEN 'ARRAY' THEN codes[2] ->> '$[0]' WHEN 'VARCHAR' THEN codes[2] ->> '$' END, ''),
            nullif(CASE json_type(codes[3])
                WHEN 'ARRAY' THEN codes[3] ->> '$[0]' WHEN 'VARCHAR' THEN codes[3] ->> '$' END, ''),
            ''
        )) AS discount_code,
        coalesce(p[11], p[12], p[13], '') AS shipping_city,
        coalesce(p[14], p[15], p[16], p[17], p[18], '') AS shipping_state,
        coalesce(p[19], p[20], p[21], p[22], p[23], '') AS shipping_country,
        coalesce(p[24], p[25], p[26], '') AS shipping_zip,
        p[27] AS source, p[28] AS medium, p[29] AS campaign,
        coalesce(p[30], p[31], p[32], p[33], p[34], '') AS landing
    FROM parsed
),
customers AS (
    SELECT DISTINCT coalesce(m.target, r.profile_id) AS id
    FROM read AS r LEFT JOIN merged_profiles AS m ON m.id = r.profile_id
)
SELECT
    r.event_id,
    coalesce(m.target, r.profile_id) AS customer_id,
    coalesce(nullif(lower(trim(p.email)), ''), m.target, r.profile_id) AS customer_email,
    r.order_id,
    r.order_value,
    r.currency,
    CAST(r.order_timestamp AT TIME ZONE :timezone AS DATE) AS order_date,
    r.order_timestamp,
    r.channel,
    r.device_type,
    r.shipping_city, r.shipping_state, r.shipping_country, r.shipping_zip,
    r.discount_amount,
    r.discount_code,
    CASE WHEN r.discount_code <> '' THEN 'code' WHEN r.discount_amount > 0 THEN 'automatic' ELSE '' END AS discount_type,
    list_filter(coalesce(p.tags, CAST([] AS VARCHAR[])), lambda t: t IS NOT NULL) AS customer_tags,
    coalesce(nullif(r.source, ''), TRY(url_decode(regexp_extract(r.landing, '[?&]utm_source=([^&#]*)', 1))), regexp_extract(r.landing, '[?&]utm_source=([^&#]*)', 1)) AS utm_source,
    coalesce(nullif(r.medium, ''), TRY(url_decode(regexp_extract(r.landing, '[?&]utm_medium=([^&#]*)', 1))), regexp_extract(r.landing, '[?&]utm_medium=([^&#]*)', 1)) AS utm_medium,
    coalesce(nullif(r.campaign, ''), TRY(url_decode(regexp_extract(r.landing, '[?&]utm_campaign=([^&#]*)', 1))), regexp_extract(r.landing, '[?&]utm_campaign=([^&#]*)', 1)) AS utm_campaign,
    CASE
        WHEN r.order_id IS NULL THEN 'event_properties.OrderId: neither OrderId nor $event_id is there'
        WHEN r.order_value IS NULL THEN 'event_properties.$value: missing, or not a number'
        WHEN abs(r.order_value) >= 10000000000000 THEN 'event_properties.$value: beyond what money can hold'
    END AS reason
FROM read AS r
LEFT JOIN merged_profiles AS m ON m.id = r.profile_id
LEFT JOIN (
    SELECT id, email, coalesce(
        CASE json_type(properties, '$."Shopify Tags"') WHEN 'ARRAY' THEN properties ->> '$."Shopify Tags"[*]' END,
        CASE json_type(properties, '$.tags') WHEN 'ARRAY' THEN properties ->> '$.tags[*]' END,
        CASE json_type(properties, '$.Tags') WHEN 'ARRAY' THEN properties ->> '$.Tags[*]' END,
        CASE WHEN properties ->> '$.tags' <> '' THEN list_transform(string_split(properties ->> '$.tags', ','), lambda t: trim(t)) END,
        CAST([] AS VARCHAR[])
    ) AS tags
    FROM klaviyo_profiles
    WHERE klaviyo_public_id = :account AND id IN (SELECT id FROM customers)
) AS p ON p.id = coalesce(m.target, r.profile_id)
