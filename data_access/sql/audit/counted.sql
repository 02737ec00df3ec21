-- purpose: how many entries there are of what is looked at, as far as somebody may see them
-- grain: one row
-- params: start DateTime, after DateTime, actor String, any_action Bool, actions Array(String), any_thing Bool
-- params: , things Array(String), thing_id String, any_account Bool, accounts Array(String), of_none Bool
-- params: , sees_all Bool, seen Array(String), of_company Array(String)
SELECT count(*) AS entries
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
