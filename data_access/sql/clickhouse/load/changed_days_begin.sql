-- purpose: an empty list of the days whose statistics a report changes
-- grain: one row a day
CREATE OR REPLACE TEMPORARY TABLE changed_days (day Date32) ENGINE = Memory
