-- purpose: the active model makes room for another one
-- grain: one row a model
UPDATE uplift_models SET state = 'retired' WHERE state = 'active'
