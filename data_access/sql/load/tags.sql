-- purpose: tags as Klaviyo has them now; a row that did not change is left alone
-- grain: one row of klaviyo_tags
-- params: account String
INSERT INTO klaviyo_tags
    (klaviyo_public_id, tag_id, name)
SELECT
    :account, s.tag_id, s.name
FROM staged_tags AS s
LEFT JOIN klaviyo_tags AS p ON p.klaviyo_public_id = :account AND p.tag_id = s.tag_id
WHERE p.tag_id IS NULL
    OR p.name IS DISTINCT FROM s.name
ON CONFLICT (klaviyo_public_id, tag_id) DO UPDATE SET
    name = excluded.name
