-- purpose: notes when the aggregates last ran
-- grain: one row an account
-- params: account String
INSERT INTO klaviyo_syncs (
    klaviyo_public_id, sync_type, aggregates_last_sync, campaign_aggregates_last_run, account_metrics_last_run,
    facts_last_run
)
VALUES (:account, 'cron_aggregates', now(), now(), now(), now())
ON CONFLICT (klaviyo_public_id, sync_type) DO UPDATE SET
    aggregates_last_sync = excluded.aggregates_last_sync,
    campaign_aggregates_last_run = excluded.campaign_aggregates_last_run,
    account_metrics_last_run = excluded.account_metrics_last_run,
    facts_last_run = excluded.facts_last_run,
    updated_at = now()
