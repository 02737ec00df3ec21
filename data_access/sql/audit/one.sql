-- purpose: one entry, as far as somebody may see it
-- grain: one row, none where there is none
-- params: id String, sees_all Bool, seen Array(String), of_company Array(String)
SELECT
    CAST(id AS VARCHAR) AS id, happened_at, actor, action, object_type, object_id, klaviyo_public_id,
    CAST(before_value AS VARCHAR) AS before_value, CAST(after_value AS VARCHAR) AS after_value
FROM audit_log
WHERE audit_log.id = CAST(:id AS UUID)
    AND (
        :sees_all OR klaviyo_public_id = ANY(:seen)
        OR (klaviyo_public_id IS NULL AND object_type = ANY(:of_company))
    )
