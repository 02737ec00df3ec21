-- purpose: sync times of an earlier system, as they were merged with those that are known
-- grain: one row an account and sync type
INSERT INTO klaviyo_syncs
    (klaviyo_public_id, sync_type, campaigns_last_sync, flows_last_sync, forms_last_sync, segments_last_sync,
     events_last_sync, aggregates_last_sync, campaign_aggregates_last_run, customer_profiles_last_run,
     product_analytics_last_run, product_relationships_last_run, updated_at)
SELECT
    s.account, s.sync_type, s.campaigns_last_sync, s.flows_last_sync, s.forms_last_sync, s.segments_last_sync,
    s.events_last_sync, s.aggregates_last_sync, s.campaign_aggregates_last_run, s.customer_profiles_last_run,
    s.product_analytics_last_run, s.product_relationships_last_run, s.updated_at
FROM staged_syncs AS s
ON CONFLICT (klaviyo_public_id, sync_type) DO UPDATE SET
    campaigns_last_sync = excluded.campaigns_last_sync,
    flows_last_sync = excluded.flows_last_sync,
    forms_last_sync = excluded.forms_last_sync,
    segments_last_sync = excluded.segments_last_sync,
    events_last_sync = excluded.events_last_sync,
    aggregates_last_sync = excluded.aggregates_last_sync,
    campaign_aggregates_last_run = excluded.campaign_aggregates_last_run,
    customer_profiles_last_run = excluded.customer_profiles_last_run,
    product_analytics_last_run = excluded.product_analytics_last_run,
    product_relationships_last_run = excluded.product_relationships_last_run,
    updated_at = excluded.updated_at
