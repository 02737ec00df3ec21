-- purpose: lets a person's own login read one account's rows, without personal data
-- grain: one login and account
-- params: login String, account String
SELECT set_config('promolens.login', :login, false), set_config('promolens.shown', :account, false);
-- @next
DO $$
DECLARE
    login CONSTANT TEXT := current_setting('promolens.login');
BEGIN
    IF NOT pg_has_role(login, 'analytics_reader', 'USAGE') THEN
        EXECUTE format('GRANT analytics_reader TO %I', login);
    END IF;
    INSERT INTO login_accounts (login, klaviyo_public_id) VALUES (login, current_setting('promolens.shown'))
    ON CONFLICT DO NOTHING;
END
$$;
