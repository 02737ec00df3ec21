-- purpose: stores of an earlier system; of one that is here only what is staged as newer, its name and status stand
-- grain: one row a store
INSERT INTO stores
    (public_id, name, klaviyo_public_id, status, oauth_token_encrypted, refresh_token_encrypted, token_expires_at,
     campaign_values_last_update, segment_values_last_update, flow_values_last_update, form_values_last_update,
     placed_order_last_update)
SELECT
    s.public_id, s.name, s.account, s.status, s.oauth_token_encrypted, s.refresh_token_encrypted, s.token_expires_at,
    s.campaign_values_last_update, s.segment_values_last_update, s.flow_values_last_update, s.form_values_last_update,
    s.placed_order_last_update
FROM staged_stores AS s
ON CONFLICT (public_id) DO UPDATE SET
    oauth_token_encrypted = excluded.oauth_token_encrypted,
    refresh_token_encrypted = excluded.refresh_token_encrypted,
    token_expires_at = excluded.token_expires_at,
    campaign_values_last_update = excluded.campaign_values_last_update,
    segment_values_last_update = excluded.segment_values_last_update,
    flow_values_last_update = excluded.flow_values_last_update,
    form_values_last_update = excluded.form_values_last_update,
    placed_order_last_update = excluded.placed_order_last_update,
    updated_at = now()
-- @next
-- A key column is written only where it was empty: it is what the engines keep an index on.
UPDATE stores SET klaviyo_public_id = s.account
FROM staged_stores AS s
WHERE stores.public_id = s.public_id AND stores.klaviyo_public_id IS NULL AND s.account IS NOT NULL
