-- purpose: the batch's profiles, the newest state of each
-- grain: one row a profile
CREATE OR REPLACE TEMP TABLE arriving_profiles AS
SELECT * EXCLUDE (place)
FROM (SELECT *, row_number() OVER () AS place FROM staged_profiles)
QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC, (subscriptions IS NULL), place DESC) = 1
