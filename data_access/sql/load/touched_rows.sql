-- purpose: says that rows of a dataset have changed, so that its version moves with the next publication
-- grain: one row
-- params: account String, dataset String, name String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
VALUES (:account, :dataset, 'rows', :name, nextval('ingest_seq'))
