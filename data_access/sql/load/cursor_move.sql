-- purpose: where a walk stands once the rows of this transaction are in; a watermark never goes back
-- grain: one row a resource and partition
-- params: account String, resource String, partition String, cursor String, watermark Nullable(DateTime64(6))
INSERT INTO sync_cursors (klaviyo_public_id, resource, "partition", cursor, watermark)
VALUES (:account, :resource, :partition, :cursor, :watermark)
ON CONFLICT (klaviyo_public_id, resource, "partition") DO UPDATE SET
    cursor = excluded.cursor,
    watermark = greatest(excluded.watermark, sync_cursors.watermark),
    updated_at = now()
