-- purpose: the model that is in force, before another one takes its place
-- grain: one row, none where none is in force
SELECT model_version FROM uplift_models WHERE state = 'active'
