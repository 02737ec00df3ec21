-- purpose: from when on an account's events are whole: what retention has left, else the first of them
-- grain: one row; `frozen` is NULL where nothing was removed, `horizon` where there are no events either
-- params: account String
SELECT coalesce(h.frozen, e.first_event) AS horizon, h.frozen
FROM (SELECT min(timestamp) AS first_event FROM klaviyo_events WHERE klaviyo_public_id = :account) AS e
CROSS JOIN (SELECT max(horizon) AS frozen FROM retention_horizons WHERE klaviyo_public_id = :account) AS h
