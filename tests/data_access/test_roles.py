"""The roles of PostgreSQL, tried by raw SQL: what must fail fails in the database, whatever the program does."""

from __future__ import annotations

import psycopg
import pytest

from tests.data_access.guarded import Guarded

DENIED = psycopg.errors.InsufficientPrivilege


# --- one account's rows ----------------------------------------------------------------------------------------------

OF_ONE = (
    "SELECT count(*) FROM klaviyo_metrics",
    "SELECT count(id) FROM klaviyo_profiles",
    "SELECT count(id) FROM klaviyo_events",
    "SELECT count(public_id) FROM stores",
    "SELECT count(id) FROM klaviyo_profiles WHERE klaviyo_public_id IN ('A', 'B') OR true",
    "SELECT count(*) FROM forecast_predictions WHERE model_id < 3",
    "WITH t AS (TABLE klaviyo_metrics) SELECT count(*) FROM t",
)


@pytest.mark.parametrize("sql", OF_ONE)
@pytest.mark.parametrize(("login", "account"), [("app", "A"), ("app", "B"), ("app", ""), ("ann", ""), ("ann", "B")])
def test_a_reader_sees_one_accounts_rows_or_none(guarded: Guarded, sql: str, login: str, account: str) -> None:
    """The program's login those of the account that it names; a person's those that were given, whatever it names."""
    role = "analytics_reader" if login == "app" else ""
    with guarded.connected(login, role, account) as connection:
        if (
            "xml" in sql
            and not connection.execute("SELECT count(*) FROM pg_settings WHERE name = 'xmlbinary'").fetchone()
        ):
            pytest.skip("a server without XML")
        try:
            found = connection.execute(sql).fetchone()
        except psycopg.errors.FeatureNotSupported:
            return  # a server that was built without XML
    assert found == (1 if login == "ann" or account else 0,)


def test_without_the_wall_both_accounts_are_there(guarded: Guarded) -> None:
    """What the test above would see if nothing guarded the rows."""
    with guarded.connected("boss") as connection:
        found = [connection.execute(sql).fetchone() for sql in OF_ONE]
    assert all(row is not None and row[0] >= 2 for row in found)


def test_a_reader_copies_its_own_rows_only(guarded: Guarded) -> None:
    own = "COPY klaviyo_metrics (klaviyo_public_id, id) TO STDOUT"
    with guarded.connected("ann") as connection, connection.cursor() as cursor, cursor.copy(own) as copy:
        assert list(copy.rows()) == [("A", "m")]


def test_who_was_given_nothing_sees_nothing(guarded: Guarded) -> None:
    with guarded.connected("eve", account="A") as connection, pytest.raises(DENIED):
        connection.execute("SELECT count(*) FROM klaviyo_metrics")


def test_nothing_that_a_reader_may_read_or_call_goes_around_the_wall(guarded: Guarded) -> None:
    """Views and functions of the owner see all rows: none that stands on an account's table may be open."""
    with guarded.connected("boss") as connection:
        views = connection.execute(
            "SELECT DISTINCT v.relname FROM pg_class AS v JOIN pg_rewrite AS r ON r.ev_class = v.oid"
            " JOIN pg_depend AS d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass"
            " JOIN pg_class AS t ON t.oid = d.refobjid AND t.relrowsecurity"
            " WHERE v.relkind IN ('v', 'm') AND has_table_privilege('promo_planner', v.oid, 'SELECT')"
        ).fetchall()
        functions = connection.execute(
            "SELECT p.proname FROM pg_proc AS p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace"
            " AND has_function_privilege('promo_planner', p.oid, 'EXECUTE')"
        ).fetchall()
        partitions = connection.execute(
            "SELECT c.relname FROM pg_class AS c WHERE c.relispartition AND c.relkind = 'r'"
            " AND has_any_column_privilege('promo_planner', c.oid, 'SELECT')"
        ).fetchall()
    assert (views, functions, partitions) == ([], [("visible_accounts",)], [])


# --- what must fail --------------------------------------------------------------------------------------------------

READER_MUST_NOT = (
    "INSERT INTO klaviyo_tags VALUES ('A', 't', 'n')",
    "UPDATE settings SET value = '1'",
    "DELETE FROM sync_jobs",
    "TRUNCATE klaviyo_metrics",
    "COPY klaviyo_tags FROM STDIN",
    "CREATE TABLE mine (x INT)",
    "INSERT INTO login_accounts VALUES ('ann', 'B')",
    "SELECT * FROM login_accounts",
    "SELECT api_key_encrypted FROM stores",
    "SELECT oauth_token_encrypted FROM stores",
    "SELECT refresh_token_encrypted FROM stores",
    "SELECT * FROM stores",
    "COPY stores TO STDOUT",
    "SELECT * FROM raw_api_responses",
    "SELECT * FROM audit_log",
    "SELECT * FROM persons",
    "SELECT * FROM grants",
    "SELECT * FROM oauth_refreshes",
    "SELECT * FROM sales_aggregated_2026_03",
    "SELECT sales_partitions('2030-01-01', '2030-01-01')",
    "SELECT refresh_sales_daily_summary()",
    "ALTER TABLE klaviyo_metrics DISABLE ROW LEVEL SECURITY",
    "DROP POLICY by_account ON klaviyo_metrics",
    "SET ROLE etl_writer",
    "SET SESSION AUTHORIZATION boss",
)
PERSONAL = (
    "SELECT email FROM klaviyo_profiles",
    "SELECT count(*) FROM klaviyo_profiles WHERE email LIKE 'ann%'",
    "SELECT id FROM klaviyo_profiles ORDER BY phone_number",
    "SELECT first_name, last_name, location, external_id FROM klaviyo_profiles",
    "SELECT p FROM klaviyo_profiles AS p",
    "SELECT to_jsonb(p) FROM klaviyo_profiles AS p",
    "SELECT properties FROM klaviyo_events",
    "SELECT raw_data FROM klaviyo_events",
    "COPY klaviyo_profiles TO STDOUT",
)
PLANNER_MUST_NOT = (
    "INSERT INTO klaviyo_tags VALUES ('A', 't', 'n')",
    "UPDATE klaviyo_campaigns SET name = 'x'",
    "DELETE FROM klaviyo_events",
    "UPDATE sales_aggregated SET sales_value = 0",
    "UPDATE stores SET name = 'x'",
    "UPDATE settings SET value = '1'",
    "DELETE FROM promo_scenarios",
    "DELETE FROM scenario_versions",
    "UPDATE brief_versions SET version = 9",
    "UPDATE audit_log SET actor = 'x'",
    "DELETE FROM audit_log",
    "UPDATE persons SET name = 'x'",
    "INSERT INTO annotations (klaviyo_public_id, date_start, date_end, note) VALUES ('B', now(), now(), 'n')",
    *PERSONAL,
)
LOADER_MUST_NOT = (
    "DROP TABLE klaviyo_metrics",
    "ALTER TABLE klaviyo_metrics ADD COLUMN x INT",
    "ALTER TABLE klaviyo_metrics DISABLE ROW LEVEL SECURITY",
    "CREATE TABLE mine (x INT)",
    "CREATE INDEX mine ON klaviyo_metrics (name)",
    "TRUNCATE klaviyo_metrics",
    "GRANT etl_writer TO eve",
    "CREATE ROLE mine",
    "CREATE POLICY mine ON klaviyo_metrics USING (true)",
    "INSERT INTO login_accounts VALUES ('eve', '*')",
    "UPDATE audit_log SET actor = 'x'",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "DELETE FROM persons",
    "INSERT INTO grants (person, role) VALUES ('eve', 'admin')",
    "UPDATE promo_scenarios SET label = 'x'",
    "INSERT INTO schema_migrations VALUES ('operational', 99, 'x', 'x', 'x')",
)


def refused(guarded: Guarded, login: str, role: str, statements: tuple[str, ...]) -> None:
    """Each statement ends for want of a right."""
    passed = []
    with guarded.connected(login, role, "A") as connection:
        for sql in statements:
            try:
                with connection.transaction():
                    if sql.startswith("COPY"):
                        with connection.cursor().copy(sql):
                            pass
                    else:
                        connection.execute(sql)
                passed.append(sql)
            except (DENIED, psycopg.errors.WrongObjectType):
                pass
    assert passed == []


def test_a_person_who_reads_can_do_nothing_else(guarded: Guarded) -> None:
    refused(guarded, "ann", "", READER_MUST_NOT + PERSONAL)


def test_a_part_that_reads_can_write_nothing(guarded: Guarded) -> None:
    """As the program's login, which may act as the other parts too: not without saying so."""
    refused(guarded, "app", "analytics_reader", (*READER_MUST_NOT[:-2], *PERSONAL))
    refused(guarded, "app", "pii_reader", READER_MUST_NOT[:-2])


def test_a_planner_can_change_promo_tables_alone(guarded: Guarded) -> None:
    refused(guarded, "app", "promo_planner", PLANNER_MUST_NOT)
    with guarded.connected("app", "promo_planner", "A") as connection:
        connection.execute(
            "INSERT INTO promo_scenarios (label, date_range_start, date_range_end, mechanics)"
            " VALUES ('Easter', '2026-04-01', '2026-04-06', '{}')"
        )
        assert connection.execute("UPDATE promo_scenarios SET label = 'Late Easter'").rowcount == 1
        assert connection.execute("SELECT count(*) FROM klaviyo_metrics").fetchone() == (1,)
        connection.execute(
            "INSERT INTO annotations (klaviyo_public_id, date_start, date_end, note)"
            " VALUES ('A', '2026-01-01', '2026-01-01', 'n'), (NULL, '2026-01-01', '2026-01-01', 'n')"
        )


def test_the_loader_can_neither_make_nor_give_anything(guarded: Guarded) -> None:
    refused(guarded, "app", "etl_writer", LOADER_MUST_NOT)
    with guarded.connected("app", "etl_writer") as connection:
        # Where one may give nothing away, GRANT is no error and does nothing.
        connection.execute("GRANT SELECT ON klaviyo_profiles TO eve")
        assert connection.execute("SELECT has_table_privilege('eve', 'klaviyo_profiles', 'SELECT')").fetchone() == (
            False,
        )
        assert connection.execute("SELECT count(api_key_encrypted) FROM stores").fetchone() == (2,)
        assert connection.execute("UPDATE klaviyo_profiles SET email = 'x' WHERE id IN ('pa', 'pb')").rowcount == 2
        assert connection.execute("SELECT sales_partitions('2030-01-01', '2030-02-01')").fetchone() == (2,)
        connection.execute("INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units)"
                           " VALUES ('2030-01-02', 'online', 'TV', 1, 1, 1)")  # fmt: skip
        connection.execute("SELECT refresh_sales_daily_summary()")
        connection.execute("INSERT INTO audit_log (actor, action, object_type) VALUES ('x', 'x', 'x')")


KEEPER_MUST_NOT = (
    *READER_MUST_NOT[:8], "SELECT * FROM audit_log",
    "SELECT name FROM klaviyo_metrics", "SELECT email FROM klaviyo_profiles", "UPDATE promo_scenarios SET label = 'x'",
    "DELETE FROM audit_log", "UPDATE audit_log SET actor = 'x'", "UPDATE persons SET name = 'x'",
    "TRUNCATE grants",
)  # fmt: skip


def test_who_gives_roles_does_nothing_else(guarded: Guarded) -> None:
    refused(guarded, "app", "access_keeper", KEEPER_MUST_NOT)
    with guarded.connected("app", "access_keeper") as connection:
        connection.execute("INSERT INTO grants (person, role) VALUES ('eve', 'viewer')")
        assert connection.execute("UPDATE grants SET pii = true WHERE person = 'eve'").rowcount == 1
        assert connection.execute("DELETE FROM grants WHERE person = 'eve'").rowcount == 1
        connection.execute("INSERT INTO audit_log (actor, action, object_type) VALUES ('x', 'x', 'x')")


def test_personal_data_are_there_for_whom_they_were_granted(guarded: Guarded) -> None:
    with guarded.connected("app", "pii_reader", "A") as connection:
        assert connection.execute("SELECT email FROM klaviyo_profiles").fetchall() == [("ann@a.example",)]
        assert connection.execute("SELECT count(properties) FROM klaviyo_events").fetchone() == (1,)
