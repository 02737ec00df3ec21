-- What became of messages, by event date, for pages that read no events: by message, by mailbox, and by how many a week.

-- Machine opens and bot clicks are in `opened` and `clicked`, and counted once more in `machine_opened`, `bot_clicked`;
-- `openers`, `clickers`: profiles with one that is neither, each once a day and message (of a flow: once a day and sending).
CREATE TABLE message_days (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    source_type VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    message_id VARCHAR COLLATE "C" NOT NULL,
    received BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    machine_opened BIGINT NOT NULL,
    openers BIGINT NOT NULL,
    clicked BIGINT NOT NULL,
    bot_clicked BIGINT NOT NULL,
    clickers BIGINT NOT NULL,
    bounced BIGINT NOT NULL,
    unsubscribed BIGINT NOT NULL,
    marked_spam BIGINT NOT NULL
);

-- The same counts by day of sending and by what stands behind the @ of the address.
CREATE TABLE mailbox_days (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    sent_on DATE NOT NULL,
    source_type VARCHAR COLLATE "C" NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    domain VARCHAR COLLATE "C" NOT NULL,
    received BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    machine_opened BIGINT NOT NULL,
    openers BIGINT NOT NULL,
    clicked BIGINT NOT NULL,
    bot_clicked BIGINT NOT NULL,
    clickers BIGINT NOT NULL,
    bounced BIGINT NOT NULL,
    unsubscribed BIGINT NOT NULL,
    marked_spam BIGINT NOT NULL
);

-- How many profiles received how many messages in a week from Monday; channel '' is all of them together.
CREATE TABLE contact_weeks (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    week DATE NOT NULL,
    channel VARCHAR COLLATE "C" NOT NULL,
    messages BIGINT NOT NULL,
    profiles BIGINT NOT NULL
);

-- Events that are here already are counted by the next refresh.
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT DISTINCT klaviyo_public_id, 'events', 'day', to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 0
FROM klaviyo_events;

CREATE INDEX idx_message_days ON message_days (klaviyo_public_id, source_type, date);
CREATE INDEX idx_message_days_message ON message_days (klaviyo_public_id, message_id);
CREATE INDEX idx_mailbox_days ON mailbox_days (klaviyo_public_id, date);
CREATE INDEX idx_mailbox_days_sent ON mailbox_days (klaviyo_public_id, sent_on);
CREATE INDEX idx_contact_weeks ON contact_weeks (klaviyo_public_id, week);
