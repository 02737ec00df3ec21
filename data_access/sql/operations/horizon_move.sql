-- purpose: notes from when on an account's events are whole; it only ever moves on
-- grain: one row
-- params: account String, horizon DateTime64(6)
INSERT INTO retention_horizons (klaviyo_public_id, horizon, updated_at)
VALUES (:account, :horizon, now())
ON CONFLICT (klaviyo_public_id) DO UPDATE SET
    horizon = greatest(retention_horizons.horizon, excluded.horizon), updated_at = excluded.updated_at
