-- purpose: says that a derived table is about to change by several steps: until they are all done it is to be computed
-- purpose: anew, and nobody reads half of it
-- grain: one row
-- params: account String, derived String, dataset String
INSERT INTO derived_states (klaviyo_public_id, derived, seq, dirty)
VALUES (:account, :derived, 0, true)
ON CONFLICT (klaviyo_public_id, derived) DO UPDATE SET dirty = true
-- @next
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at, publishing)
VALUES (:account, :dataset, 0, now(), true)
ON CONFLICT (klaviyo_public_id, dataset) DO UPDATE SET publishing = true
