-- purpose: takes the versions up to a moment, before the first of them is used
-- grain: one row
-- params: upto DateTime64(6)
INSERT INTO row_versions (name, upto) SELECT 'rows', :upto
