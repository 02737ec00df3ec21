-- purpose: profiles by id or e-mail, of `named_ids` and `named_emails`
-- grain: one row a profile
-- params: account String
SELECT id, email, phone_number, external_id, first_name, last_name
FROM klaviyo_profiles
WHERE klaviyo_public_id = :account
    AND (id IN (SELECT id FROM named_ids) OR lower(trim(email)) IN (SELECT email FROM named_emails))
