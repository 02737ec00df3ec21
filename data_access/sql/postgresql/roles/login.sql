-- purpose: lets a login act as each role, and see with a reader's rights the account that the program names
-- grain: one login
-- params: login String
SELECT set_config('promolens.login', :login, false);
-- @next
DO $$
DECLARE
    login CONSTANT TEXT := current_setting('promolens.login');
    role TEXT;
    -- From PostgreSQL 16 on a member may lack the right to act as the role, as who has made it does.
    newer CONSTANT BOOLEAN := current_setting('server_version_num')::integer >= 160000;
BEGIN
    FOREACH role IN ARRAY ARRAY['analytics_reader', 'pii_reader', 'promo_planner', 'access_keeper', 'etl_writer'] LOOP
        IF NOT pg_has_role(login, role, CASE WHEN newer THEN 'SET' ELSE 'MEMBER' END) THEN
            EXECUTE format('GRANT %I TO %I', role, login) || CASE WHEN newer THEN ' WITH SET TRUE' ELSE '' END;
        END IF;
    END LOOP;
    INSERT INTO login_accounts (login, klaviyo_public_id) VALUES (login, '*') ON CONFLICT DO NOTHING;
END
$$;
