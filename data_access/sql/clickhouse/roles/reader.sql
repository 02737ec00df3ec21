-- purpose: lets a person's own login read one account's rows, without personal data and with no way to another account
-- grain: one login and account; `the_login` and `the_account` are put in by the caller, quoted
GRANT {on_cluster} analytics_reader TO the_login;
-- @next
ALTER USER the_login {on_cluster} DEFAULT ROLE analytics_reader SETTINGS SQL_promolens_account = the_account CONST;
