-- purpose: a piece of work that the clock has not known, as if its newest due moment had been served
-- grain: one row, none where it is known
-- params: account String, work String, slot DateTime64(6)
INSERT INTO scheduled_work (klaviyo_public_id, work, slot) VALUES (:account, :work, :slot)
ON CONFLICT (klaviyo_public_id, work) DO NOTHING
