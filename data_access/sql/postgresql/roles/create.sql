-- purpose: the roles that parts of the program and people act as; nobody logs in as one of them
-- grain: one role; those that are there stay as they are
DO $$
DECLARE
    wanted RECORD;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('analytics_reader', NULL),
            ('pii_reader', 'analytics_reader'),
            ('promo_planner', 'analytics_reader'),
            ('access_keeper', NULL),
            ('etl_writer', NULL)
        ) AS w (role, includes)
    LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted.role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.role);
        END IF;
        IF wanted.includes IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM pg_auth_members
            WHERE member = wanted.role::regrole AND roleid = wanted.includes::regrole
        ) THEN
            EXECUTE format('GRANT %I TO %I', wanted.includes, wanted.role);
        END IF;
    END LOOP;
END
$$;
