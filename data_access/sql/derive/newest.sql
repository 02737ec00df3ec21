-- purpose: the newest entry of the work list of the derived tables
-- grain: one row
-- params: account String
SELECT coalesce(max(seq), 0) AS seq FROM derived_work WHERE klaviyo_public_id = :account
