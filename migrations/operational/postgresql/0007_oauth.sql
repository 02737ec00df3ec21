-- Whose turn it is to refresh an account's access token, and why the last refresh failed.

CREATE TABLE oauth_refreshes (
    klaviyo_public_id VARCHAR COLLATE "C" PRIMARY KEY,
    owner VARCHAR COLLATE "C",
    lease_until TIMESTAMPTZ,
    refreshed_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    error VARCHAR COLLATE "C"
);
