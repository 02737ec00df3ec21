-- purpose: the stores that documents of an earlier system are about, with what is newer or kept here
-- grain: one row a store
-- params: stores Array(String), accounts Array(String)
SELECT
    public_id, name, klaviyo_public_id AS account, status, api_key_encrypted, oauth_token_encrypted,
    refresh_token_encrypted, token_expires_at, campaign_values_last_update, segment_values_last_update,
    flow_values_last_update, form_values_last_update, placed_order_last_update
FROM stores
WHERE public_id = ANY (CAST(:stores AS VARCHAR[])) OR klaviyo_public_id = ANY (CAST(:accounts AS VARCHAR[]))
ORDER BY public_id
