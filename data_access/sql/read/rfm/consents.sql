-- purpose: which marketing customers agreed to, as Klaviyo says it
-- grain: one row a profile of those asked for
-- params: ids Array(String)
-- reads: klaviyo_profiles
SELECT id, CAST(subscriptions AS VARCHAR) AS subscriptions
FROM klaviyo_profiles
WHERE id = ANY (CAST(:ids AS VARCHAR[]))
