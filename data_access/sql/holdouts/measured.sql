-- purpose: on what a holdout was measured
-- grain: one row a holdout
-- params: account String, campaign String, sent_on Nullable(Date32), history_from Nullable(Date32)
UPDATE holdouts SET sent_on = :sent_on, history_from = :history_from, measured_at = now()
WHERE klaviyo_public_id = :account AND campaign_id = :campaign
