-- Who was erased: keyed digests of what a person is known by, so that nobody comes back with a sync or a restore.
CREATE TABLE forgotten (
    klaviyo_public_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('profile', 'email', 'phone', 'external')),
    digest VARCHAR NOT NULL,
    pseudonym VARCHAR NOT NULL,
    sealed_key VARCHAR NOT NULL,
    forgotten_at TIMESTAMPTZ NOT NULL,
    forgotten_by VARCHAR NOT NULL
);
