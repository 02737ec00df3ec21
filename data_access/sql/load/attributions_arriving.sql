-- purpose: the batch's attributions where each of its events comes once
-- grain: one row an attribution
CREATE OR REPLACE TEMP VIEW arriving_attributions AS SELECT * FROM staged_attributions
