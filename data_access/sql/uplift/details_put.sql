-- purpose: keeps what is told of a model beside its coefficients
-- grain: one row a model
-- params: model String, details String
UPDATE uplift_models SET details = CAST(:details AS JSON) WHERE model_version = :model
