-- purpose: keeps a new holdout
-- grain: one row a holdout
-- params: account String, campaign String, name String, kind String, source String, source_name String
-- params: , snapshot_date Nullable(Date32), days Int32, listed Int64, unknown Int64, repeated Int64, person String
INSERT INTO holdouts (
    klaviyo_public_id, campaign_id, name, kind, source, source_name, snapshot_date, days, listed, unknown, repeated,
    created_by, created_at
)
VALUES (
    :account, :campaign, :name, :kind, :source, :source_name, :snapshot_date, :days, :listed, :unknown, :repeated,
    :person, now()
)
