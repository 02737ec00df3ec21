-- purpose: says of every account that its figures are being put in place, until they are; its orders are due anew, so
-- purpose: that a refresh after a restore that did not come to its end makes them from the events
-- grain: one row an account and dataset; one an account
UPDATE data_versions SET publishing = true
-- @next
UPDATE projection_watermarks SET ingest_seq = 0, updated_at = now() WHERE projection = 'orders'
-- @next
UPDATE derived_states SET dirty = true
