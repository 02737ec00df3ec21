-- purpose: rows that name another row which is not there, along the keys of the tables; 0 where all are there
-- grain: one row a relationship, with one of the ids
SELECT 'events without their metric' AS relationship, count(*) AS orphans, CAST(min(e.id) AS VARCHAR) AS example
FROM klaviyo_events AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_metrics AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.id = e.metric_id)
UNION ALL
SELECT 'events without their profile' AS relationship, count(*) AS orphans, CAST(min(e.id) AS VARCHAR) AS example
FROM klaviyo_events AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_profiles AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.id = e.profile_id)
UNION ALL
SELECT 'attributions of missing events' AS relationship, count(*) AS orphans, CAST(min(e.event_id) AS VARCHAR) AS example
FROM klaviyo_attributions AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_events AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.id = e.event_id)
UNION ALL
SELECT 'campaign messages without their campaign' AS relationship, count(*) AS orphans, CAST(min(e.message_id) AS VARCHAR) AS example
FROM klaviyo_campaign_messages AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_campaigns AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.campaign_id = e.campaign_id)
UNION ALL
SELECT 'flow actions without their flow' AS relationship, count(*) AS orphans, CAST(min(e.action_id) AS VARCHAR) AS example
FROM klaviyo_flow_actions AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_flows AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.flow_id = e.flow_id)
UNION ALL
SELECT 'flow messages without their flow' AS relationship, count(*) AS orphans, CAST(min(e.message_id) AS VARCHAR) AS example
FROM klaviyo_flow_messages AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_flows AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.flow_id = e.flow_id)
UNION ALL
SELECT 'form versions without their form' AS relationship, count(*) AS orphans, CAST(min(e.form_version_id) AS VARCHAR) AS example
FROM klaviyo_form_versions AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_forms AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.form_id = e.form_id)
UNION ALL
SELECT 'aggregated metrics without their metric' AS relationship, count(*) AS orphans, CAST(min(e.metric_id) AS VARCHAR) AS example
FROM klaviyo_aggregated_metrics AS e
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_metrics AS p WHERE p.klaviyo_public_id = e.klaviyo_public_id AND p.id = e.metric_id)
UNION ALL
SELECT 'simulated figures without their scenario', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM scenario_kpis AS e
WHERE e.scenario_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS p WHERE p.id = e.scenario_id)
UNION ALL
SELECT 'scenario versions without their scenario', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM scenario_versions AS e
WHERE e.scenario_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS p WHERE p.id = e.scenario_id)
UNION ALL
SELECT 'validations without their scenario', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM validation_reports AS e
WHERE e.scenario_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS p WHERE p.id = e.scenario_id)
UNION ALL
SELECT 'briefs without their scenario', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM creative_briefs AS e
WHERE e.scenario_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS p WHERE p.id = e.scenario_id)
UNION ALL
SELECT 'brief versions without their brief', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM brief_versions AS e
WHERE NOT EXISTS (SELECT 1 FROM creative_briefs AS p WHERE p.id = e.brief_id)
UNION ALL
SELECT 'post-mortems without their scenario', count(*), CAST(min(CAST(e.id AS VARCHAR)) AS VARCHAR)
FROM post_mortem_reports AS e
WHERE e.scenario_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promo_scenarios AS p WHERE p.id = e.scenario_id)
UNION ALL
SELECT 'predictions without their model', count(*), CAST(min(CAST(e.prediction_id AS VARCHAR)) AS VARCHAR)
FROM forecast_predictions AS e
WHERE e.model_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM forecast_models AS p WHERE p.model_id = e.model_id)
