-- purpose: a model that is kept already, before the same one is kept again
-- grain: one row, none where it is not
-- params: model String
SELECT model_version, state FROM uplift_models WHERE model_version = :model
