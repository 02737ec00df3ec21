-- purpose: one campaign's holdout as it was named
-- grain: one row, none where the campaign has none
-- params: account String, campaign String
SELECT campaign_id, name, kind, source, source_name, snapshot_date, days, listed, unknown, repeated, created_by
FROM holdouts
WHERE klaviyo_public_id = :account AND campaign_id = :campaign
