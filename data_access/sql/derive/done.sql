-- purpose: a derived table is in place: what it rests on, its version, when it ran; work that all tables have done goes
-- grain: one row; the entries of the work list up to the oldest state
-- params: account String, derived String, dataset String, seq Int64, as_of Nullable(Date32), edition Int32, details String
INSERT INTO derived_states (klaviyo_public_id, derived, seq, as_of, edition, dirty, details, computed_at)
VALUES (:account, :derived, :seq, :as_of, :edition, false, :details, now())
ON CONFLICT (klaviyo_public_id, derived) DO UPDATE SET
    seq = excluded.seq, as_of = excluded.as_of, edition = excluded.edition, dirty = false, details = excluded.details,
    computed_at = excluded.computed_at
-- @next
INSERT INTO data_versions (klaviyo_public_id, dataset, version, changed_at)
VALUES (:account, :dataset, 1, now())
ON CONFLICT (klaviyo_public_id, dataset) DO UPDATE SET
    version = data_versions.version + 1, changed_at = excluded.changed_at, publishing = false
-- @next
DELETE FROM derived_work
WHERE klaviyo_public_id = :account
    -- A table that is left half done is computed from all orders, and asks for no entry.
    AND seq <= (SELECT min(s.seq) FROM derived_states AS s WHERE s.klaviyo_public_id = :account AND NOT s.dirty)
