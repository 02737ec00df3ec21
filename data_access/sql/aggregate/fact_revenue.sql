-- purpose: copies the rebuilt days' revenue into the operational store
-- grain: one row a day and channel
-- params: account String
DELETE FROM fact_revenue WHERE klaviyo_public_id = :account AND date IN (SELECT date FROM rebuild_days)
-- @next
INSERT INTO fact_revenue (klaviyo_public_id, date, channel, revenue, order_count, customer_count)
SELECT :account, date, channel, revenue, order_count, customer_count FROM revenue_by_day
