-- What row-level security by account rests on. It is switched on, with the roles, by `promolens roles --apply`; until
-- then nothing changes for anybody.

-- Whose rows a login sees with the rights of analytics_reader: one account a row; '*' = the account that the program
-- names for each transaction (promolens.account), and none where it names none.
CREATE TABLE login_accounts (
    login VARCHAR COLLATE "C" NOT NULL,
    klaviyo_public_id VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (login, klaviyo_public_id)
);

-- The accounts whose rows this session sees. It asks who logged in, not whose rights are used at the moment: SET ROLE
-- does not change the answer.
CREATE FUNCTION visible_accounts() RETURNS TEXT[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT coalesce(array_agg(named.account) FILTER (WHERE named.account <> ''), '{}')
        FROM (
            SELECT CASE klaviyo_public_id WHEN '*' THEN current_setting('promolens.account', true)
                   ELSE klaviyo_public_id END AS account
            FROM public.login_accounts
            WHERE login = session_user
        ) AS named
    $$;

-- What needs the owner's rights, for logins that have fewer: they are told who may call it by `promolens roles`.
ALTER FUNCTION sales_partitions(DATE, DATE) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION refresh_sales_daily_summary() SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE EXECUTE ON FUNCTION sales_partitions(DATE, DATE) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION refresh_sales_daily_summary() FROM PUBLIC;
