-- purpose: what an admin chose for the pairs of products that are tested
-- grain: one row, none where nothing was chosen
-- params: account String
SELECT value
FROM settings
WHERE klaviyo_public_id = :account AND key = 'minimum_pair_count'
