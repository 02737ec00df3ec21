-- purpose: the sync times that are known of these accounts
-- grain: one row an account and sync type
-- params: accounts Array(String)
SELECT
    klaviyo_public_id AS account, sync_type, campaigns_last_sync, flows_last_sync, forms_last_sync, segments_last_sync,
    events_last_sync, aggregates_last_sync, campaign_aggregates_last_run, customer_profiles_last_run,
    product_analytics_last_run, product_relationships_last_run, updated_at
FROM klaviyo_syncs
WHERE klaviyo_public_id = ANY (CAST(:accounts AS VARCHAR[]))
ORDER BY klaviyo_public_id, sync_type
