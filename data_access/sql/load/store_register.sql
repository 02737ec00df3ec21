-- purpose: a store and its encrypted key; one that is there keeps its settings; its key takes the place of a sign-in
-- grain: one row a store
-- params: public_id String, account String, name String, timezone String, currency String, locale Nullable(String),
-- params: country Nullable(String), website_url Nullable(String), key String
INSERT INTO stores
    (public_id, name, klaviyo_public_id, status, api_key_encrypted, timezone, currency, locale, country, website_url)
VALUES (:public_id, :name, :account, 'active', :key, :timezone, :currency, :locale, :country, :website_url)
ON CONFLICT (public_id) DO UPDATE SET
    name = excluded.name,
    status = 'active',
    api_key_encrypted = excluded.api_key_encrypted,
    oauth_token_encrypted = NULL,
    refresh_token_encrypted = NULL,
    token_expires_at = NULL,
    timezone = excluded.timezone,
    currency = excluded.currency,
    locale = excluded.locale,
    country = coalesce(excluded.country, stores.country),
    website_url = excluded.website_url,
    updated_at = now()
