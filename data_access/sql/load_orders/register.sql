-- purpose: a store that is filled from order files, without a key
-- grain: one row
-- params: public_id String, account String, name String, timezone String, currency String, country Nullable(String)
INSERT INTO stores (public_id, name, klaviyo_public_id, status, timezone, currency, country)
VALUES (:public_id, :name, :account, 'files', :timezone, :currency, :country)
