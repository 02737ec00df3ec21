-- purpose: notes when a derived table was last looked at and found, or brought, up to date
-- grain: one row
-- params: account String, derived String
UPDATE derived_states SET computed_at = now() WHERE klaviyo_public_id = :account AND derived = :derived
-- @next
INSERT INTO klaviyo_syncs (
    klaviyo_public_id, sync_type, customer_profiles_last_run, product_analytics_last_run, product_relationships_last_run
)
SELECT
    :account, 'cron_aggregates',
    CASE WHEN s.derived = 'customer_profiles' THEN s.computed_at END,
    CASE WHEN s.derived = 'products_master' THEN s.computed_at END,
    CASE WHEN s.derived = 'product_relationships_optimized' THEN s.computed_at END
FROM derived_states AS s
WHERE s.klaviyo_public_id = :account AND s.derived = :derived
ON CONFLICT (klaviyo_public_id, sync_type) DO UPDATE SET
    customer_profiles_last_run = coalesce(excluded.customer_profiles_last_run, klaviyo_syncs.customer_profiles_last_run),
    product_analytics_last_run = coalesce(excluded.product_analytics_last_run, klaviyo_syncs.product_analytics_last_run),
    product_relationships_last_run
        = coalesce(excluded.product_relationships_last_run, klaviyo_syncs.product_relationships_last_run),
    updated_at = now()
