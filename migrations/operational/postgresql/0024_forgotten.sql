-- Who was erased: keyed digests of what a person is known by, so that nobody comes back with a sync or a restore.
CREATE TABLE forgotten (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL CHECK (kind IN ('profile', 'email', 'phone', 'external')),
    digest VARCHAR COLLATE "C" NOT NULL,
    pseudonym VARCHAR COLLATE "C" NOT NULL,
    sealed_key VARCHAR COLLATE "C" NOT NULL,
    forgotten_at TIMESTAMPTZ NOT NULL,
    forgotten_by VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (klaviyo_public_id, kind, digest)
);
