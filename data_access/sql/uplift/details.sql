-- purpose: what is told of a model beside its coefficients
-- grain: one row, none where there is no such model
-- params: model String
SELECT CAST(details AS VARCHAR) AS details FROM uplift_models WHERE model_version = :model
