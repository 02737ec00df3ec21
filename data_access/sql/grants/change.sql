-- purpose: give or take the right to see who customers are, beside a role
-- grain: one row a grant
-- params: id String, pii Bool, person String
UPDATE grants SET pii = :pii, granted_by = :person WHERE id = CAST(:id AS UUID)
