-- purpose: who did what, the newest first, as far as somebody may see it; wanted and skipped: rows
-- grain: one row an action
-- params: start DateTime, after DateTime, actor String, any_action Bool, actions Array(String), any_thing Bool
-- params: , things Array(String), thing_id String, any_account Bool, accounts Array(String), of_none Bool
-- params: , sees_all Bool, seen Array(String), of_company Array(String)
-- params: , wanted Int64, skipped Int64
SELECT
    CAST(id AS VARCHAR) AS id, happened_at, actor, action, object_type, object_id, klaviyo_public_id,
    CAST(before_value AS VARCHAR) AS before_value, CAST(after_value AS VARCHAR) AS after_value
FROM audit_log
WHERE happened_at >= :start AND happened_at < :after
    AND (:actor = '' OR actor = :actor)
    AND (:any_action OR action = ANY(:actions))
    AND (:any_thing OR object_type = ANY(:things))
    AND (:thing_id = '' OR object_id = :thing_id)
    AND (:any_account OR klaviyo_public_id = ANY(:accounts) OR (:of_none AND klaviyo_public_id IS NULL))
    AND (
        :sees_all OR klaviyo_public_id = ANY(:seen)
        OR (klaviyo_public_id IS NULL AND object_type = ANY(:of_company))
    )
ORDER BY happened_at DESC, audit_log.id DESC
LIMIT :wanted OFFSET :skipped
