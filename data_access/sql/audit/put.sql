-- purpose: notes who did what, from which value to which
-- grain: one row an action
-- params: actor String, action String, thing String, id Nullable(String), account Nullable(String), before
-- params: Nullable(String), after Nullable(String)
INSERT INTO audit_log (actor, action, object_type, object_id, klaviyo_public_id, before_value, after_value)
VALUES (:actor, :action, :thing, :id, :account, CAST(:before AS JSON), CAST(:after AS JSON))
