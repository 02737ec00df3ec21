-- purpose: names of the forms, which the reports lack
-- grain: one row a form
-- params: account String
SELECT form_id, name AS form_name FROM klaviyo_forms WHERE klaviyo_public_id = :account
