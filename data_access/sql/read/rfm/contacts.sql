-- purpose: how customers are called and reached
-- grain: one row a profile of those asked for
-- params: ids Array(String)
-- reads: klaviyo_profiles
SELECT id, phone_number, first_name, last_name
FROM klaviyo_profiles
WHERE id = ANY (CAST(:ids AS VARCHAR[]))
