-- purpose: the batch's events where each comes once
-- grain: one row an event
CREATE OR REPLACE TEMP VIEW arriving_events AS SELECT * FROM staged_events
