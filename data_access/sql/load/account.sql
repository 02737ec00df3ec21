-- purpose: what Klaviyo says about the account: its name, zone, currency and place
-- grain: one row a store
-- params: account String
UPDATE stores SET
    name = s.name,
    timezone = s.timezone,
    currency = s.currency,
    locale = s.locale,
    country = coalesce(s.country, stores.country),
    website_url = s.website_url,
    updated_at = now()
FROM staged_account AS s
WHERE stores.klaviyo_public_id = :account AND s.account_id = :account AND (
    stores.name IS DISTINCT FROM s.name OR stores.timezone IS DISTINCT FROM s.timezone
    OR stores.currency IS DISTINCT FROM s.currency OR stores.locale IS DISTINCT FROM s.locale
    OR (s.country IS NOT NULL AND stores.country IS DISTINCT FROM s.country)
    OR stores.website_url IS DISTINCT FROM s.website_url
)
