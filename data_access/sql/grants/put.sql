-- purpose: keep a new grant
-- grain: one row a grant
-- params: holder String, role String, account Nullable(String), pii Bool, person String
INSERT INTO grants (person, role, klaviyo_public_id, pii, granted_by)
VALUES (:holder, :role, :account, :pii, :person)
