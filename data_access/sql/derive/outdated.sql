-- purpose: what a derived table rests on beside orders has changed: it is to be computed anew
-- grain: one row, none before the first computation
-- params: account String, derived String
UPDATE derived_states SET dirty = true WHERE klaviyo_public_id = :account AND derived = :derived
