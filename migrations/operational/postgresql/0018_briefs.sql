-- Creative briefs as they are kept: the one that stands, and every version of it.

ALTER TABLE creative_briefs
    ADD COLUMN version INTEGER DEFAULT 1,
    ADD COLUMN scenario_version INTEGER,
    ADD COLUMN updated_by VARCHAR COLLATE "C";

CREATE TABLE brief_versions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    brief_id UUID NOT NULL REFERENCES creative_briefs (id) ON DELETE CASCADE,
    scenario_id UUID NOT NULL REFERENCES promo_scenarios (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    scenario_version INTEGER,
    brief JSONB NOT NULL,
    assets JSONB,
    author VARCHAR COLLATE "C",
    save_id UUID UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (brief_id, version)
);

CREATE INDEX idx_brief_versions_scenario ON brief_versions (scenario_id);
