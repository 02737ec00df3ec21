-- purpose: an account's place and money, and what its admins chose
-- grain: one row a setting of the account; key NULL where there is none
-- params: account String
SELECT s.timezone, s.currency, s.country, c.key, CAST(c.value AS VARCHAR) AS value
FROM stores AS s
LEFT JOIN settings AS c
    ON c.klaviyo_public_id = s.klaviyo_public_id
    AND c.key IN ('conversion_metric_id', 'currency', 'country')
WHERE s.klaviyo_public_id = :account
