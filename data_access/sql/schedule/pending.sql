-- purpose: whether something of an account was loaded that its figures do not hold yet, or a run left them half in place
-- grain: one row
-- params: account String
SELECT
    (SELECT count(*) FROM touched WHERE klaviyo_public_id = :account) AS touched,
    (
        SELECT count(*) FROM data_versions
        WHERE klaviyo_public_id = :account AND publishing
            AND dataset NOT IN ('customers', 'values', 'products', 'pairs', 'parts')
    ) AS publishing,
    (SELECT coalesce(max(ingest_seq), 0) FROM klaviyo_events WHERE klaviyo_public_id = :account) AS newest,
    (
        SELECT coalesce(max(ingest_seq), 0)
        FROM projection_watermarks
        WHERE klaviyo_public_id = :account AND projection = 'orders'
    ) AS projected
