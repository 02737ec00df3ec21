-- How many members each list has, as Klaviyo told it on a day of the account.
CREATE TABLE list_sizes (
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    list_id VARCHAR COLLATE "C" NOT NULL,
    date DATE NOT NULL,
    members BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (klaviyo_public_id, list_id, date)
);
