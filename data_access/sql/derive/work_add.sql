-- purpose: puts changed orders and customers on the work list of the derived tables
-- grain: one row an order and day, one a customer and day
-- params: account String
INSERT INTO derived_work (klaviyo_public_id, kind, key, day, known, seq)
SELECT :account, c.kind, c.key, c.day, c.known, nextval('ingest_seq')
FROM (SELECT DISTINCT kind, key, day, known FROM changed_orders) AS c
