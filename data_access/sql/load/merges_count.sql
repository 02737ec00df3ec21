-- purpose: how many known events have come under another profile
-- grain: one row
SELECT count(*) AS events FROM known_events WHERE old_profile_id <> profile_id
