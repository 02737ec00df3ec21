-- purpose: creates one of the campaigns, or updates it; when it was created stays
-- grain: one row a campaign
-- params: account String, id String, name Nullable(String), status Nullable(String)
-- params: , created_at Nullable(DateTime64(6)), updated_at Nullable(DateTime64(6))
-- params: , sent_at Nullable(DateTime64(6)), channel Nullable(String), metadata Nullable(String)
UPDATE klaviyo_campaigns SET
    name = CAST(:name AS VARCHAR), status = CAST(:status AS VARCHAR), updated_at = CAST(:updated_at AS TIMESTAMPTZ),
    sent_at = CAST(:sent_at AS TIMESTAMPTZ), channel = CAST(:channel AS VARCHAR), metadata = CAST(:metadata AS JSON)
WHERE klaviyo_public_id = :account AND campaign_id = :id
-- @next
INSERT INTO klaviyo_campaigns
    (klaviyo_public_id, campaign_id, name, status, created_at, updated_at, sent_at, channel, metadata)
SELECT
    :account, :id, CAST(:name AS VARCHAR), CAST(:status AS VARCHAR), CAST(:created_at AS TIMESTAMPTZ),
    CAST(:updated_at AS TIMESTAMPTZ), CAST(:sent_at AS TIMESTAMPTZ), CAST(:channel AS VARCHAR), CAST(:metadata AS
    JSON)
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_campaigns WHERE klaviyo_public_id = :account AND campaign_id = :id)
