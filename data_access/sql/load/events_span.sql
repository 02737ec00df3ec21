-- purpose: what a batch of staged events spans, and whether an event comes twice in it
-- grain: one row
SELECT count(*) AS events, count(DISTINCT id) AS ids, min(timestamp) AS low, max(timestamp) AS high FROM staged_events
