-- purpose: puts the days and customers whose orders changed on the work list of the aggregates
-- grain: one row a day (kind 'order_day', ISO date) and one a customer
-- params: account String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'orders', t.kind, t.key, nextval('ingest_seq')
FROM (SELECT DISTINCT kind, key FROM touched_orders) AS t
