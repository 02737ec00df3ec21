-- purpose: the accounts whose rows this session sees with the rights of a reader
-- grain: one row
SELECT visible_accounts() AS accounts
