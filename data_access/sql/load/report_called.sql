-- purpose: a call of a report endpoint, for the daily quota
-- grain: one row a call
-- params: account String, endpoint String, called_at DateTime64(6)
INSERT INTO report_calls (klaviyo_public_id, endpoint, called_at) VALUES (:account, :endpoint, :called_at)
