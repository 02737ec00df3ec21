-- purpose: copies the rebuilt days' conversions into the operational store
-- grain: one row a day and campaign or flow
-- params: account String
DELETE FROM fact_conversions WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO fact_conversions (klaviyo_public_id, date, source_type, source_id, conversions, revenue)
SELECT :account, date, source_type, source_id, conversions, revenue FROM conversions_by_day
