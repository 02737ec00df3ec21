-- purpose: the batch's events where some come twice: the last of each, as it was delivered last
-- grain: one row an event
CREATE TEMP TABLE arriving_once AS
SELECT *
FROM (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY delivery DESC, place DESC) AS nth
    FROM (SELECT *, row_number() OVER () AS place FROM staged_events) AS placed
) AS told
WHERE nth = 1
-- @next
CREATE OR REPLACE TEMP VIEW arriving_events AS SELECT * FROM arriving_once
