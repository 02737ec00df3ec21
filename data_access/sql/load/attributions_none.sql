-- purpose: a batch in which no event is attributed
-- grain: no row
CREATE OR REPLACE TEMP VIEW arriving_attributions AS
SELECT * EXCLUDE (klaviyo_public_id) FROM klaviyo_attributions WHERE false
