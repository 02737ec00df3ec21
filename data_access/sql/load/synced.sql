-- purpose: until when each kind of data is synced, where a walk or report has become complete
-- grain: one row an account
-- params: account String, resource String, at DateTime64(6)
INSERT INTO klaviyo_syncs (klaviyo_public_id, sync_type, updated_at)
VALUES (:account, 'cron_sync', :at)
ON CONFLICT (klaviyo_public_id, sync_type) DO UPDATE SET updated_at = excluded.updated_at
-- @next
UPDATE klaviyo_syncs SET
    campaigns_last_sync = CASE WHEN :resource = 'campaigns' THEN :at ELSE campaigns_last_sync END,
    flows_last_sync = CASE WHEN :resource = 'flows' THEN :at ELSE flows_last_sync END,
    forms_last_sync = CASE WHEN :resource = 'forms' THEN :at ELSE forms_last_sync END,
    segments_last_sync = CASE WHEN :resource = 'segments' THEN :at ELSE segments_last_sync END,
    events_last_sync = CASE WHEN :resource = 'events' THEN :at ELSE events_last_sync END,
    profiles_last_sync = CASE WHEN :resource = 'profiles' THEN :at ELSE profiles_last_sync END,
    metrics_last_sync = CASE WHEN :resource = 'metrics' THEN :at ELSE metrics_last_sync END,
    lists_last_sync = CASE WHEN :resource = 'lists' THEN :at ELSE lists_last_sync END,
    tags_last_sync = CASE WHEN :resource = 'tags' THEN :at ELSE tags_last_sync END,
    catalog_last_sync = CASE WHEN :resource = 'catalog' THEN :at ELSE catalog_last_sync END
WHERE klaviyo_public_id = :account AND sync_type = 'cron_sync'
-- @next
UPDATE stores SET
    campaign_values_last_update = CASE WHEN :resource = 'campaign_values' THEN :at ELSE campaign_values_last_update END,
    segment_values_last_update = CASE WHEN :resource = 'segment_series' THEN :at ELSE segment_values_last_update END,
    flow_values_last_update = CASE WHEN :resource = 'flow_series' THEN :at ELSE flow_values_last_update END,
    form_values_last_update = CASE WHEN :resource = 'form_series' THEN :at ELSE form_values_last_update END,
    placed_order_last_update = CASE WHEN :resource = 'events' THEN :at ELSE placed_order_last_update END,
    updated_at = :at
WHERE klaviyo_public_id = :account
