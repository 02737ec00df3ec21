-- purpose: the mailboxes of `erased_names` that other people have too
-- grain: one row a domain, in small letters
-- params: account String
SELECT DISTINCT lower(split_part(email, '@', 2)) AS domain
FROM klaviyo_profiles
WHERE klaviyo_public_id = :account AND email LIKE '%@%' AND id NOT IN (SELECT name FROM erased_names)
    AND lower(split_part(email, '@', 2)) IN (
        SELECT lower(split_part(email, '@', 2))
        FROM klaviyo_profiles
        WHERE klaviyo_public_id = :account AND id IN (SELECT name FROM erased_names)
    )
