-- purpose: keep a model that was learned
-- grain: one row a model
-- params: model String, state String, source String, sales_from Date32, sales_to Date32, fingerprint String
-- params: , details String, person String
INSERT INTO uplift_models (model_version, state, source, sales_from, sales_to, fingerprint, details, created_by, activated_at)
VALUES (
    :model, :state, :source, :sales_from, :sales_to, :fingerprint, CAST(:details AS JSON), :person,
    CASE WHEN :state = 'active' THEN now() END
)
