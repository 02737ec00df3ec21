-- purpose: calls of the report endpoints since a moment
-- grain: one row an endpoint
-- params: account String, since DateTime64(6)
SELECT endpoint, count(*) AS calls, max(called_at) AS last_call
FROM report_calls WHERE klaviyo_public_id = :account AND called_at >= :since GROUP BY endpoint ORDER BY endpoint
