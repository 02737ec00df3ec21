-- purpose: the newest entry of the work list that a run takes in
-- grain: one row
-- params: account String
SELECT coalesce(max(seq), 0) AS touched FROM touched WHERE klaviyo_public_id = :account
