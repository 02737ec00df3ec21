-- purpose: the days whose statistics have changed
-- grain: one row a day
-- params: account String, dataset String, days Array(String)
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, :dataset, 'report_day', day, nextval('ingest_seq') FROM unnest(CAST(:days AS VARCHAR[])) AS d(day)
