-- purpose: how the roles of this database stand: whether they are in use, what this login may act as, what has no rights
-- grain: one row; bare: tables of ours that no role was given a right to; open: tables of an account that readers may
-- grain: read whole
WITH ours AS (
    SELECT c.oid, c.relname, c.relrowsecurity, EXISTS (
            SELECT 1 FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = 'klaviyo_public_id' AND NOT a.attisdropped
        ) AS of_account,
        EXISTS (
            SELECT 1 FROM aclexplode(c.relacl) AS g JOIN pg_roles AS r ON r.oid = g.grantee WHERE r.rolname = 'etl_writer'
        ) AS loaded,
        EXISTS (
            SELECT 1 FROM pg_roles AS r
            WHERE r.rolname IN ('analytics_reader', 'pii_reader', 'promo_planner')
                AND has_any_column_privilege(r.oid, c.oid, 'SELECT')
        ) AS readable
    FROM pg_class AS c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relowner = (SELECT s.relowner FROM pg_class AS s WHERE s.oid = to_regclass('stores'))
)
SELECT
    EXISTS (SELECT 1 FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'by_account') AS in_use,
    session_user::text AS login,
    coalesce((
        SELECT pg_has_role(session_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('stores')
    ), true) AS is_owner,
    -- From PostgreSQL 16 on a member may lack the right to act as the role.
    ARRAY(
        SELECT w.role
        FROM (
            SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END AS acting
        ) AS s,
        unnest(ARRAY['analytics_reader', 'pii_reader', 'promo_planner', 'access_keeper', 'etl_writer']) AS w (role)
        WHERE NOT EXISTS (
            SELECT 1 FROM pg_roles AS r WHERE r.rolname = w.role AND pg_has_role(session_user, r.oid, s.acting)
        )
        ORDER BY w.role
    ) AS lacking,
    ARRAY(SELECT relname::text FROM ours WHERE NOT loaded ORDER BY relname) AS bare,
    ARRAY(SELECT relname::text FROM ours WHERE of_account AND readable AND NOT relrowsecurity ORDER BY relname) AS open,
    has_schema_privilege('public', current_schema(), 'CREATE') AS anybody_creates
