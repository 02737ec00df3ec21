"""The program behind the wall: whose rights it reads and writes with, and what doctor, SQL and documentation say."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

import cli
from analytics.access import Grant, Role
from analytics.promo.settings import PromoSettings
from data_access import roles
from data_access.engines.base import Part, Walled
from data_access.errors import StatementRefused
from data_access.migrate import migrate
from data_access.operations.backup import back_up
from data_access.operations.retention import retain
from data_access.operations.upkeep import maintain
from data_access.queries.grants import scope_for
from data_access.queries.promo_models import known
from data_access.queries.promo_scenarios import frozen
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.scoped import ACCOUNT, IMPERSONAL, PROMO, SHARED, promo_write, scoped_read
from data_access.statements import StatementError
from data_access.stores import close_stores, open_stores
from data_access.writes import scenarios
from data_access.writes.grants import give, take
from data_access.writes.promo_settings import save_promo_settings
from ingest.doctor import look_deep
from ingest.examination.rights import roles_kept
from ingest.uplift import learn_uplift
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.results import Asked
from settings import PROJECT_ROOT, Settings, get_settings
from tests.data_access.guarded import Guarded
from tests.data_access.test_uplift_models import load
from tests.figures.literal import Ledger
from tests.figures.test_two_stores import figures_of, first, second
from tests.postgresql_servers import Server
from tests.promo_rows import draft

GRANTS = """
SELECT
    c.relname::text,
    CASE WHEN NOT has_any_column_privilege('analytics_reader', c.oid, 'SELECT') THEN '–' WHEN p.qual IS NULL THEN 'all'
         WHEN p.qual LIKE '%model_id%' THEN 'of the account''s models'
         WHEN p.qual LIKE '%IS NULL%' THEN 'of the account, and of none' ELSE 'of the account' END,
    CASE WHEN has_table_privilege('analytics_reader', c.oid, 'SELECT') THEN 'all columns'
         WHEN NOT has_any_column_privilege('analytics_reader', c.oid, 'SELECT') THEN '–'
         ELSE 'all but ' || (
             SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0
                 AND NOT has_column_privilege('analytics_reader', c.oid, attnum, 'SELECT')
         ) END,
    coalesce((
        SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege('pii_reader', c.oid, attnum, 'SELECT')
            AND NOT has_column_privilege('analytics_reader', c.oid, attnum, 'SELECT')
    ), '–'),
    coalesce((
        SELECT string_agg(lower(privilege), ', ' ORDER BY place)
        FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS t (privilege, place)
        WHERE has_table_privilege('etl_writer', c.oid, privilege)
    ), '–'),
    coalesce((
        SELECT string_agg(lower(privilege), ', ' ORDER BY place)
        FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS t (privilege, place)
        WHERE has_table_privilege('promo_planner', c.oid, privilege)
    ), '–')
FROM pg_class AS c
LEFT JOIN pg_policies AS p ON p.tablename = c.relname AND p.policyname = 'by_account'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
ORDER BY c.relname COLLATE "C"
"""
READING = "pages read as analytics_reader"
HEAD = "-- purpose: p\n-- grain: g\n"
VIEWER = granted("vic", ["A", "B"], [Right.VIEW])
Sql = Callable[[str, str], str]


def test_a_page_reads_as_a_reader_of_one_account(guarded: Guarded, sql: Sql) -> None:
    name = sql(
        "read/t", HEAD + "-- reads: klaviyo_profiles\nSELECT p.id, current_user AS acting FROM klaviyo_profiles AS p"
    )
    with_email = sql(
        "read/e", HEAD + "-- reads: klaviyo_profiles\nSELECT email, current_user AS acting FROM klaviyo_profiles"
    )
    seer = granted("pia", ["A"], [Right.VIEW, Right.PII])
    with guarded.stores("app") as stores:
        with scoped_read(stores.operational, VIEWER, "B") as session:
            assert session.rows(name) == [{"id": "pb", "acting": "analytics_reader"}]
        with scoped_read(stores.operational, seer, "A") as session:
            assert session.rows(with_email) == [{"email": "ann@a.example", "acting": "pii_reader"}]
        with pytest.raises(StatementRefused), scoped_read(stores.operational, VIEWER, "A") as session:
            session.rows(with_email)


def test_the_second_wall_stands_where_the_first_one_fails(guarded: Guarded) -> None:
    """A text that names no account at all, run as a page's statements are."""
    with guarded.stores("app") as stores:
        assert isinstance(stores.operational, Walled)
        with stores.operational.read_as(Part.READER, "A") as session:
            found = session.query_text("SELECT klaviyo_public_id FROM public.klaviyo_metrics", {}).to_pylist()
        assert found == [{"klaviyo_public_id": "A"}]
        # The next transaction of the same connection knows nothing of it.
        with stores.operational.read_as(Part.READER, "") as session:
            assert session.query_text("SELECT id FROM public.klaviyo_metrics", {}).num_rows == 0


@pytest.mark.parametrize(
    "text",
    [
        "SELECT set_config('promolens.account', 'B', true)",
        "SELECT pg_catalog.set_config('role', 'etl_writer', true)",
        "SELECT \"set_config\"('promolens.account', 'B', true)",
        "SELECT U&\"set\\005fconfig\"('promolens.account', 'B', true)",
        "SELECT 1; SET ROLE etl_writer",
        "SELECT 1; RESET ROLE",
        "SELECT query_to_xml('SELECT set_config(''role'', ''none'', true)', true, false, '')",
        "SELECT /* ' */ set_config('role', 'none', true) /* ' */",
        "SELECT E'\\'', set_config('role', 'none', true), '\\''",
        "SELECT $$'$$, set_config('role', 'none', true), $$'$$",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_no_statement_of_a_page_changes_whose_rights_it_has(guarded: Guarded, sql: Sql, text: str) -> None:
    name = sql("read/t", HEAD + f"-- reads: holidays\n{text}")
    refusal = pytest.raises(StatementError, match="may not use")
    with guarded.stores("app") as stores, scoped_read(stores.operational, VIEWER, "A") as session, refusal:
        session.rows(name)


def test_the_program_works_with_a_login_that_owns_nothing(guarded: Guarded) -> None:
    with guarded.stores("app") as stores:
        assert migrate(stores) == []
        with stores.operational.write() as session:
            assert session.query_text("SELECT current_user AS acting", {}).to_pylist() == [{"acting": "etl_writer"}]
        with promo_write(stores.operational, granted("pat", ["A"], [Right.PROMO_WRITE])) as session:
            assert session.query_text("SELECT current_user AS acting", {}).to_pylist() == [{"acting": "promo_planner"}]
        with pytest.raises(NotPermitted), promo_write(stores.operational, VIEWER):
            pytest.fail("no session may be handed out")
        check = next(roles_kept(stores))
        assert (check.ok, check.message) == (
            True,
            "pages read as analytics_reader, and 'app' does the rest as etl_writer",
        )


def test_a_scenario_goes_its_way_with_a_planners_rights_and_a_model_with_the_loaders(guarded: Guarded) -> None:
    planner = granted("pat", [], [Right.PROMO_READ, Right.PROMO_WRITE, Right.PROMO_APPROVE])
    with guarded.stores("app") as stores:
        saved = scenarios.save(stores, planner, draft(), seen=None, save_id=str(uuid4()))
        scenarios.submit(stores, planner, saved.scenario_id, seen=1, save_id=str(uuid4()))
        scenarios.approve(stores, planner, saved.scenario_id, seen=2, save_id=str(uuid4()))
        found = frozen(stores, planner, saved.scenario_id)
        assert found is not None
        assert found.version == 3
        assert save_promo_settings(stores, planner, PromoSettings(currency="SEK")).version == 1
        load(stores)
        done = learn_uplift(stores, planner)
        held = known(stores, planner)
        assert held is not None
        assert held.row.version == done.kept.version


def test_roles_are_given_and_taken_with_rights_that_no_other_part_has(guarded: Guarded) -> None:
    admin, planner = local_admin("root"), Grant("pat@example.com", Role.PLANNER, "A")
    with guarded.stores("app") as stores:
        give(stores, admin, planner)
        assert scope_for(stores, "pat@example.com", ()).allows(Right.PROMO_WRITE)
        assert take(stores, admin, planner)
        assert not scope_for(stores, "pat@example.com", ()).allows(Right.PROMO_WRITE)


def test_all_that_the_program_does_by_itself_is_within_the_loaders_rights(guarded: Guarded, tmp_path: Path) -> None:
    """Loads, workbooks, figures, retention, upkeep, a backup and doctor, with the login that owns nothing."""
    with guarded.stores("app") as stores:
        ledger = Ledger(stores, "synced")
        ledger.store()
        for load in (first, second):
            load(ledger)
            ledger.refresh()
        assert figures_of(ledger)["account_metrics_daily"]
        settings, admin = guarded.settings("app"), local_admin("test")
        workbook = tmp_path / "sales.csv"
        workbook.write_text("date,channel,department,discount,sales,margin,units\n2026-03-03,web,TV,10,9,3,1\n")
        assert ingest_files(stores, settings, admin, [workbook], Asked()).is_whole
        assert not retain(stores, settings, admin, account="synced").skipped
        assert maintain(stores, settings, admin)["operational"]["engine"] == "postgresql"
        assert back_up(stores, settings, admin, tmp_path).manifest.rows > 0
        found = {check.name: check.ok for check in look_deep(stores, settings, admin).checks}
        assert found["roles"]


def test_doctor_tells_what_the_roles_lack(guarded: Guarded) -> None:
    def said(login: str) -> tuple[bool, str]:
        with guarded.stores(login) as stores:
            (check,) = roles_kept(stores)
        return check.ok, check.message

    again = "run 'promolens roles --apply' as the tables' owner"
    unable = (
        f"'boss' may not act as access_keeper, analytics_reader, etl_writer, pii_reader, promo_planner: {again},"
        " with --login boss"
    )
    assert said("boss") == (False, unable)
    with guarded.stores("boss") as stores:
        with stores.operational.write() as session:
            session.execute_text("CREATE TABLE later (klaviyo_public_id TEXT)")
            session.execute_text("ALTER TABLE klaviyo_tags DISABLE ROW LEVEL SECURITY")
            session.execute_text("DELETE FROM login_accounts WHERE login = 'app'")
        assert said("app") == (
            False,
            f"pages show no rows to 'app': {again}, with --login app;"
            f" readers see all accounts in klaviyo_tags: {again}; no role has a right to later: {again}",
        )
        with stores.operational.write() as session:
            session.execute_text("DROP TABLE later")
        # What a migration does at its end gives the rights anew, but no login any.
        roles.renew(stores.operational)
        assert said("app")[1] == f"pages show no rows to 'app': {again}, with --login app"
        roles.install(stores.operational, ["app"])
    assert said("app") == (True, f"{READING}, and 'app' does the rest as etl_writer")


def test_an_administrator_runs_the_printed_sql(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """For an owner who may make no roles; and once more, because it can be repeated."""
    monkeypatch.setenv("DATABASE_URL", guarded.server.url("guarded", "app"))
    get_settings.cache_clear()
    for command in (["roles", "--reader", "ann=A"], ["roles", "--login", "app", "--login", "boss"]):
        printed = CliRunner().invoke(cli.app, command)
        assert printed.exit_code == 0, printed.output
        ran = subprocess.run(
            [guarded.server.programs / "psql", "-h", guarded.folder_of_socket, "-U", "postgres", "-d", "guarded"],
            input=printed.output, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "")
    get_settings.cache_clear()
    for login, rest in (
        ("app", "as etl_writer"),
        ("boss", "with the owner's rights: a login of its own would have fewer"),
    ):
        with guarded.stores(login) as stores:
            (check,) = roles_kept(stores)
        assert (check.ok, check.message) == (
            True,
            f"pages read as analytics_reader, and '{login}' does the rest {rest}",
        )


def test_a_database_without_roles_is_as_it_was(postgres: Server, postgres_template: str, tmp_path: Path) -> None:
    """The server has the roles by now, but this database did not take them into use."""
    name = postgres.create(postgres_template)
    stores = open_stores(Settings(data_dir=tmp_path, database_url=postgres.url(name)))
    with scoped_read(stores.operational, VIEWER, "A"), stores.operational.read() as session:
        assert session.query_text("SELECT current_user AS acting", {}).to_pylist() == [{"acting": "postgres"}]
        walled = "SELECT count(*) AS tables FROM pg_class WHERE relrowsecurity"
        assert session.query_text(walled, {}).to_pylist() == [{"tables": 0}]
    (check,) = roles_kept(stores)
    assert check.ok
    assert "not in use" in check.message
    close_stores(stores)
    postgres.drop(name)


# --- the page about it ------------------------------------------------------------------------------------------------


def test_the_grants_are_those_of_the_documentation(guarded: Guarded) -> None:
    """docs/security.md says table by table what the database does."""
    with guarded.connected("boss") as connection:
        found = connection.execute(GRANTS).fetchall()
    page = (PROJECT_ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    told = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    assert [tuple(cell.strip("`") for cell in row[:1]) + row[1:] for row in told if len(row) == 6] == found


def test_personal_columns_are_the_same_for_both_walls(guarded: Guarded) -> None:
    with guarded.connected("boss") as connection:
        rows = connection.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class AS c"
            " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relrowsecurity AND has_column_privilege('analytics_reader', c.oid, a.attnum, 'SELECT')"
            " AND NOT has_table_privilege('analytics_reader', c.oid, 'SELECT') AND c.relname <> 'stores'"
            " GROUP BY c.relname ORDER BY c.relname"
        ).fetchall()
    assert dict(rows) == {table: list(columns) for table, columns in sorted(IMPERSONAL.items())}


def test_readers_may_read_what_pages_may_read_and_nothing_else(guarded: Guarded) -> None:
    with guarded.connected("boss") as connection:
        tables = connection.execute(
            "SELECT relname::text, has_any_column_privilege('analytics_reader', oid, 'SELECT'), relrowsecurity"
            " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')"
            " AND NOT relispartition"
        ).fetchall()
    readable = {name for name, readable, _ in tables if readable}
    # Named functions read them for a page; by SQL people may read them too.
    by_name = {"stores", "forecast_models", "forecast_predictions", "model_performance"}
    assert readable - by_name == (ACCOUNT | PROMO | SHARED) & {name for name, _, _ in tables}
    assert {name for name, _, walled in tables if walled} == (ACCOUNT | by_name) & readable
