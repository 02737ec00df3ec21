-- Who may be sent messages, a row a profile, so that a refresh looks at those alone of whom something changed.

CREATE TABLE reachable_people (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    profile_id VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    engaged_on DATE,
    PRIMARY KEY (klaviyo_public_id, profile_id, channel)
);

-- Profiles whose consents changed, or that reacted, since the last refresh.
CREATE TABLE reach_changed (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    profile_id VARCHAR COLLATE "C" NOT NULL
);

-- Where merged profiles had ended at the last refresh.
CREATE TABLE merged_before (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    profile_id VARCHAR COLLATE "C" NOT NULL,
    target VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (klaviyo_public_id, profile_id)
);

-- The next refresh looks at everybody once.
INSERT INTO reach_changed (klaviyo_public_id, profile_id)
SELECT klaviyo_public_id, id FROM klaviyo_profiles WHERE NOT is_stub;
