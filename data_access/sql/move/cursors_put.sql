-- purpose: where the next sync of an account goes on that an earlier system has synced; what is here stands
-- grain: one row an account, resource and partition
INSERT INTO sync_cursors (klaviyo_public_id, resource, "partition", cursor, watermark)
SELECT s.account, s.resource, s."partition", CAST(s.cursor AS JSON), s.watermark
FROM staged_cursors AS s
WHERE NOT EXISTS (SELECT 1 FROM sync_cursors AS c WHERE c.klaviyo_public_id = s.account)
ON CONFLICT (klaviyo_public_id, resource, "partition") DO NOTHING
