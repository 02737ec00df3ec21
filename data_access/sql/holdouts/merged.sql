-- purpose: holdouts of which people have merged, or parted again, since they were last looked at
-- grain: one row a holdout
-- params: account String
SELECT DISTINCT p.campaign_id
FROM holdout_people AS p
LEFT JOIN holdout_merged AS m ON m.id = p.profile_id
WHERE p.klaviyo_public_id = :account AND coalesce(m.target, p.profile_id) <> p.person_id
