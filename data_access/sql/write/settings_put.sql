-- purpose: keep one chosen setting; its version grows with each save
-- grain: one row an account and key
-- params: account String, key String, value String, person String
INSERT INTO settings (klaviyo_public_id, key, value, version, updated_by, updated_at)
VALUES (:account, :key, CAST(:value AS JSON), 1, :person, now())
ON CONFLICT (klaviyo_public_id, key) DO UPDATE SET
    value = excluded.value, version = settings.version + 1, updated_by = excluded.updated_by, updated_at = now()
