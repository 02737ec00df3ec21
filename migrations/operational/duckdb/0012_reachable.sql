-- Who may be sent messages, and when they last took notice: for pages that read neither profiles nor events.

-- When a profile last opened, clicked (people, not machines) and ordered, as events name it: a profile that was merged
-- keeps its own row. channel '' is of orders.
CREATE TABLE profile_reactions (
    klaviyo_public_id VARCHAR NOT NULL,
    profile_id VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ,
    clicked_at TIMESTAMPTZ,
    ordered_at TIMESTAMPTZ
);

-- Profiles that may be sent marketing on a channel, by the day on which they last opened or clicked there, or ordered.
CREATE TABLE reachable_profiles (
    klaviyo_public_id VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    engaged_on DATE,
    profiles BIGINT NOT NULL
);

-- Events that are here already are looked at by the next refresh.
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT DISTINCT klaviyo_public_id, 'events', 'day', strftime(timestamp AT TIME ZONE 'UTC', '%Y-%m-%d'), 0
FROM klaviyo_events;
