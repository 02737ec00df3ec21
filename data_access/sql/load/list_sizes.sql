-- purpose: how many members lists have on a day; a row that did not change is left alone
-- grain: one row of list_sizes
-- params: account String
INSERT INTO list_sizes (klaviyo_public_id, list_id, date, members, updated_at)
SELECT :account, s.list_id, s.date, s.members, s.updated_at
FROM staged_list_sizes AS s
LEFT JOIN list_sizes AS p ON p.klaviyo_public_id = :account AND p.list_id = s.list_id AND p.date = s.date
WHERE p.list_id IS NULL OR p.members <> s.members
ON CONFLICT (klaviyo_public_id, list_id, date) DO UPDATE SET
    members = excluded.members,
    updated_at = excluded.updated_at
