-- purpose: a store that is connected by sign-in; it keeps its settings and has no private key any more
-- grain: one row a store
-- params: public_id String, account String, name String, timezone String, currency String, locale Nullable(String),
-- params: country Nullable(String), website_url Nullable(String), access String, refresh String,
-- params: expires_at Nullable(DateTime64(6))
INSERT INTO stores
    (public_id, name, klaviyo_public_id, status, oauth_token_encrypted, refresh_token_encrypted, token_expires_at,
     timezone, currency, locale, country, website_url)
VALUES
    (:public_id, :name, :account, 'active', :access, :refresh, CAST(:expires_at AS TIMESTAMPTZ),
     :timezone, :currency, :locale, :country, :website_url)
ON CONFLICT (public_id) DO UPDATE SET
    name = excluded.name,
    status = 'active',
    api_key_encrypted = NULL,
    oauth_token_encrypted = excluded.oauth_token_encrypted,
    refresh_token_encrypted = excluded.refresh_token_encrypted,
    token_expires_at = excluded.token_expires_at,
    timezone = excluded.timezone,
    currency = excluded.currency,
    locale = excluded.locale,
    country = coalesce(excluded.country, stores.country),
    website_url = excluded.website_url,
    updated_at = now()
-- @next
UPDATE oauth_refreshes SET error = NULL, failed_at = NULL, owner = NULL, lease_until = NULL
WHERE klaviyo_public_id = :account
