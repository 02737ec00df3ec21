-- purpose: note who changed what, from which value to which
-- grain: one row a change
-- params: person String, action String, object_type String, object_id String, account Nullable(String), before String
-- params: , after String
INSERT INTO audit_log (actor, action, object_type, object_id, klaviyo_public_id, before_value, after_value)
VALUES (:person, :action, :object_type, :object_id, :account, CAST(:before AS JSON), CAST(:after AS JSON))
