"""What a page's SQL can see: the account's rows and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from data_access import scoped, statements
from data_access.errors import StoreError
from data_access.queries.accounts import accounts
from data_access.queries.rfm import masked
from data_access.scope import NotPermitted, Right, Scope, granted, local_admin
from data_access.scoped import ACCOUNT, FORECAST, PROMO, SHARED, scoped_read
from data_access.statements import SQL_ROOT, StatementError
from data_access.stores import Stores
from tests.data_access.filled import account_tables, fill
from tests.warehouse_rows import insert, order

Sql = Callable[[str, str], str]
HEAD = "-- purpose: p\n-- grain: g\n"
ANN = granted("ann", ["A"], [Right.VIEW])
# Tables that hold secrets, access or the machinery's own state: pages reach them through named functions only.
PRIVATE = {
    "stores", "grants", "audit_log", "raw_api_responses", "loaded_chunks", "report_calls", "touched",
    "profile_reactions", "holdout_people", "persons", "forgotten",
    "projection_watermarks", "schema_migrations", "reachable_people", "reach_changed", "merged_before",
    "operation_runs", "retention_horizons", "scheduled_work", "oauth_refreshes", "derived_work", "customer_states",
    "product_pair_counts", "customer_histories", "customer_purchases", "purchase_names",
}  # fmt: skip


@pytest.fixture
def orders(stores: Stores) -> Stores:
    """Two orders of account A, one of B."""
    with stores.warehouse.write() as session:
        for account, number, value in (("A", 1, 10), ("A", 2, 20), ("B", 3, 500)):
            session.execute_text(
                "INSERT INTO klaviyo_orders (klaviyo_public_id, order_id, event_id, customer_id, order_value, currency,"
                f" order_date, order_timestamp, synced_at) VALUES ('{account}', 'o{number}', 'e{number}', 'c', {value},"
                " 'EUR', DATE '2026-03-02', TIMESTAMPTZ '2026-03-02 12:00:00+00', now())"
            )
    return stores


def ask(stores: Stores, name: str, scope: Scope = ANN, account: str = "A", **params: Any) -> list[dict[str, Any]]:
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows(name, **params)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT order_id FROM klaviyo_orders ORDER BY 1",
        "SELECT o.order_id FROM klaviyo_orders AS o JOIN klaviyo_orders AS p USING (order_id) ORDER BY 1",
        "WITH mine AS (SELECT * FROM klaviyo_orders) SELECT order_id FROM mine ORDER BY 1",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1)"
        " SELECT order_id FROM klaviyo_orders, n ORDER BY 1",
        "SELECT order_id FROM (SELECT * FROM klaviyo_orders) AS s"
        " WHERE order_id IN (SELECT order_id FROM klaviyo_orders) ORDER BY 1",
        "-- why\nSELECT order_id FROM klaviyo_orders WHERE klaviyo_public_id = 'B' OR true ORDER BY 1",
        "SELECT order_id FROM klaviyo_orders UNION SELECT order_id FROM klaviyo_orders ORDER BY 1",
    ],
)
def test_only_the_accounts_rows_are_there(orders: Stores, sql: Sql, text: str) -> None:
    name = sql("read/t", HEAD + "-- reads: klaviyo_orders\n" + text)
    assert ask(orders, name) == [{"order_id": "o1"}, {"order_id": "o2"}]
    assert ask(orders, name, local_admin(), "B") == [{"order_id": "o3"}]
    assert ask(orders, name, local_admin(), "' OR true --") == []


def test_the_account_is_bound_beside_the_querys_own_values(orders: Stores, sql: Sql) -> None:
    name = sql(
        "read/t",
        HEAD + "-- params: least Int64\n-- reads: klaviyo_orders\nSELECT sum(order_value) AS v FROM klaviyo_orders"
        " WHERE order_value > :least",
    )
    assert ask(orders, name, least=10) == [{"v": Decimal(20)}]
    with scoped_read(orders.warehouse, ANN, "A") as session:
        assert session.one(name, least=0) == {"v": Decimal(30)}
        assert session.query(name, least=0).column_names == ["v"]


def test_a_foreign_account_is_refused_before_any_query(orders: Stores) -> None:
    for scope in (ANN, granted("bob", [], [Right.VIEW]), granted("eve", ["B"], [])):
        with pytest.raises(NotPermitted), scoped_read(orders.warehouse, scope, "B"):
            pytest.fail("no session may be handed out")


@pytest.mark.parametrize(
    ("reads", "text"),
    [
        ("", "SELECT * FROM klaviyo_orders"),
        ("klaviyo_orders", "SELECT * FROM klaviyo_orders JOIN stores USING (klaviyo_public_id)"),
        ("klaviyo_orders", "SELECT * FROM klaviyo_orders AS o, stores AS s"),
        ("klaviyo_orders", "SELECT (SELECT max(api_key_encrypted) FROM stores) AS k, order_id FROM klaviyo_orders"),
        ("klaviyo_orders", "SELECT * FROM main.klaviyo_orders"),
        ("klaviyo_orders", 'SELECT * FROM "klaviyo_orders"'),
        ("klaviyo_orders", "SELECT * FROM KLAVIYO_ORDERS"),
        ("", "SELECT * FROM query('SELECT * FROM klaviyo_orders')"),
        ("", "SELECT * FROM query_table('klaviyo_orders')"),
        ("", "SELECT * FROM read_csv('/etc/passwd')"),
        ("", "SELECT * FROM duckdb_settings()"),
    ],
)
def test_a_relation_that_is_not_declared_is_refused(orders: Stores, sql: Sql, reads: str, text: str) -> None:
    name = sql("read/t", HEAD + f"-- reads: {reads}\n{text}")
    with pytest.raises(StatementError, match="without declaring it"):
        ask(orders, name)


@pytest.mark.parametrize("relation", sorted(PRIVATE | {"main.klaviyo_orders", "sqlite_master", "nothing"}))
def test_a_relation_that_pages_may_not_read_is_refused_though_declared(orders: Stores, sql: Sql, relation: str) -> None:
    name = sql("read/t", HEAD + f"-- reads: {relation}\nSELECT * FROM {relation}")
    with pytest.raises(StatementError, match="pages may not read"):
        ask(orders, name, local_admin())


def test_a_page_cannot_write(orders: Stores, sql: Sql) -> None:
    name = sql(
        "read/t",
        HEAD + "-- reads: klaviyo_orders\nINSERT INTO touched SELECT 'A', 'x', 'y', 'z', 1 FROM klaviyo_orders",
    )
    with pytest.raises(StoreError):
        ask(orders, name, local_admin())


def test_company_data_need_the_promo_right(stores: Stores, sql: Sql) -> None:
    name = sql("read/t", HEAD + "-- reads: targets\nSELECT month FROM targets")
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target) VALUES ('2026-03', 'DE', 1, 1)"
        )
    with pytest.raises(NotPermitted, match="promo_read"):
        ask(stores, name)
    planner = granted("pat", ["A"], [Right.VIEW, Right.PROMO_READ])
    assert ask(stores, name, planner) == [{"month": "2026-03"}]


def test_what_everybody_may_read_needs_no_account(stores: Stores, sql: Sql) -> None:
    name = sql(
        "read/t", HEAD + "-- reads: holidays, exchange_rates\nSELECT count(*) AS n FROM holidays, exchange_rates"
    )
    assert ask(stores, name) == [{"n": 0}]


def test_every_table_is_placed_once(stores: Stores) -> None:
    """A new table is hidden from pages until somebody decides who may read it."""
    with stores.operational.read() as session:
        found = session.query_text(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'", {}
        ).to_pylist()
    placed = [*SHARED, *PROMO, *ACCOUNT, *FORECAST, *PRIVATE]
    assert sorted(placed) == sorted({row["table_name"] for row in found})


def test_every_relation_filtered_by_account_has_one(stores: Stores) -> None:
    with_account = account_tables(stores.operational)
    assert set(with_account) >= ACCOUNT
    assert not set(with_account) & SHARED
    assert not set(with_account) & PROMO


# --- every read statement of the program ------------------------------------------------------------------------------

SAMPLES: dict[str, Any] = {
    "String": "A",
    "Date": date(2026, 3, 2),
    "DateTime": datetime(2026, 3, 2, 12, tzinfo=UTC),
    "Int": 1,
    "UInt": 1,
    "Float": 1.0,
    "Decimal": Decimal(1),
}


def sample(kind: str) -> Any:
    """A value of a parameter's type."""
    if kind.startswith("Nullable("):
        return sample(kind[9:-1])
    if kind.startswith("Array("):
        return [sample(kind[6:-1])]
    return next(value for start, value in SAMPLES.items() if kind.startswith(start))


def special(name: str, kind: str) -> Any:
    """Ranges that hold the sample rows, zones that exist."""
    if name in ("product", "customer", "campaign", "flow"):
        return name[0]
    if name in ("kind", "source"):
        return {"kind": "campaign", "source": "c"}[name]
    if name == "ids":
        return ["A", "B", "c"]
    if kind.startswith("Nullable("):
        return special(name, kind[9:-1])
    if "zone" in name:
        return "Europe/Berlin"
    if kind == "Bool":
        return name.startswith("any_")
    if kind.startswith("DateTime"):
        return datetime(2026, 12 if "end" in name or "until" in name else 1, 1, tzinfo=UTC)
    if kind.startswith("Date"):
        early = any(word in name for word in ("start", "from", "after"))
        return date(2026, 1, 1) if early else date(2026, 12, 31)
    return sample(kind)


READS = sorted(
    str(path.relative_to(SQL_ROOT)).removesuffix(".sql")
    for path in (SQL_ROOT / "read").rglob("*.sql")
    if statements.load(str(path.relative_to(SQL_ROOT)).removesuffix(".sql"), "duckdb").reads
)


@pytest.fixture
def two_accounts(stores: Stores) -> Callable[[], None]:
    """A store with data of account A; the call adds those of B."""
    fill(stores.operational, "A", 5)
    return lambda: fill(stores.operational, "B", 77)


def test_there_is_something_to_walk() -> None:
    assert len(READS) >= 8


def test_no_read_statement_shows_another_accounts_rows(stores: Stores, two_accounts: Callable[[], None]) -> None:
    scope = granted("ann", ["A"], [Right.VIEW, Right.PROMO_READ, Right.PII])
    loaded = {name: statements.load(name, "duckdb") for name in READS}
    params = {
        name: {key: special(key, kind) for key, kind in statement.params.items()} for name, statement in loaded.items()
    }

    def through_the_scope() -> dict[str, list[str]]:
        with scoped_read(stores.warehouse, scope, "A") as session:
            return {name: sorted(map(repr, session.rows(name, **params[name]))) for name in READS}

    def without_it() -> dict[str, list[str]]:
        found = {}
        with stores.warehouse.read() as session:
            for name, statement in loaded.items():
                bound = {key: params[name][key] for key in statement.single.names}
                found[name] = sorted(map(repr, session.query_text(statement.single.text, bound).to_pylist()))
        return found

    alone, unfiltered_alone = through_the_scope(), without_it()
    two_accounts()
    assert through_the_scope() == alone
    # The proof that the comparison can fail: without the scope the foreign rows do show. What reads only the company's
    # and everybody's rows has no account to be filtered by: it proves nothing either way and does not count.
    unfiltered = without_it()
    filtered = [name for name in READS if ACCOUNT & set(loaded[name].reads)]
    told_apart = [name for name in filtered if unfiltered[name] != unfiltered_alone[name]]
    assert len(told_apart) >= len(filtered) * 0.75, sorted(set(filtered) - set(told_apart))
    assert all(unfiltered[name] == unfiltered_alone[name] for name in READS if name not in filtered)


@pytest.mark.parametrize("name", READS)
def test_every_read_statement_refuses_a_foreign_account(stores: Stores, name: str) -> None:
    with pytest.raises(NotPermitted), scoped_read(stores.warehouse, ANN, "B") as session:
        session.rows(name)


def test_the_list_of_stores_holds_those_that_the_scope_sees(stores: Stores) -> None:
    """The one read outside of the runner: it says which accounts there are to ask for."""
    fill(stores.operational, "A", 5)
    fill(stores.operational, "B", 77)
    assert [account.public_id for account in accounts(stores, ANN)] == ["A"]
    assert [account.public_id for account in accounts(stores, local_admin())] == ["A", "B"]
    assert accounts(stores, granted("bob", [], [Right.VIEW])) == []
    with pytest.raises(NotPermitted):
        accounts(stores, granted("eve", ["A"], []))


def test_the_runner_offers_nothing_but_queries() -> None:
    offered = {name for name in dir(scoped.ScopedSession) if not name.startswith("_")}
    assert offered == {"query", "long_rows", "rows", "tuples", "columns", "one"}


def test_who_a_person_is_stays_unseen_without_the_right(orders: Stores, sql: Sql) -> None:
    insert(
        orders, "klaviyo_orders",
        order("4", "1.00", "2026-03-03", klaviyo_public_id="A", customer_email="ann.b@mail.example.com"),
        order("5", "1.00", "2026-03-04", klaviyo_public_id="A", customer_email="no-dot@host"),
        order("6", "1.00", "2026-03-05", klaviyo_public_id="A", customer_email="profile-id"),
    )  # fmt: skip
    read = (
        "-- reads: klaviyo_orders\nSELECT customer_email FROM klaviyo_orders WHERE order_value = 1 ORDER BY order_date"
    )
    seen = [row["customer_email"] for row in ask(orders, sql("read/t", HEAD + read))]
    assert seen == [masked("ann.b@mail.example.com"), masked("no-dot@host"), "profile-id"]
    assert seen[0] == "a•••@•••.com"
    whole = "-- reads: refund_cancelled_orders\nSELECT * FROM refund_cancelled_orders"
    with scoped_read(orders.warehouse, ANN, "A") as session:
        columns = set(session.query(sql("read/u", HEAD + whole)).column_names)
    assert "event_id" in columns
    assert columns.isdisjoint({"event_properties", "profile_properties"})
