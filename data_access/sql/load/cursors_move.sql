-- purpose: where walks stand once the rows of this transaction are in; a watermark never goes back
-- grain: one row a resource and partition
-- params: account String
INSERT INTO sync_cursors (klaviyo_public_id, resource, "partition", cursor, watermark)
SELECT :account, s.resource, s."partition", CAST(s.cursor AS JSON), s.watermark FROM staged_cursors AS s
ON CONFLICT (klaviyo_public_id, resource, "partition") DO UPDATE SET
    cursor = excluded.cursor,
    watermark = greatest(excluded.watermark, sync_cursors.watermark),
    updated_at = now()
