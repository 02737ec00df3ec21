-- purpose: from now on simulations rest on this model
-- grain: one row a model
-- params: model String
UPDATE uplift_models SET state = 'active', activated_at = now() WHERE model_version = :model
