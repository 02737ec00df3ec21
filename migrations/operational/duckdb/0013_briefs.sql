-- Creative briefs as they are kept: the one that stands, and every version of it.

ALTER TABLE creative_briefs ADD COLUMN version INTEGER DEFAULT 1;
ALTER TABLE creative_briefs ADD COLUMN scenario_version INTEGER;
ALTER TABLE creative_briefs ADD COLUMN updated_by VARCHAR;

CREATE TABLE brief_versions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    brief_id UUID NOT NULL,
    scenario_id UUID NOT NULL,
    version INTEGER NOT NULL,
    scenario_version INTEGER,
    brief JSON NOT NULL,
    assets JSON,
    author VARCHAR,
    save_id UUID UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (brief_id, version)
);
