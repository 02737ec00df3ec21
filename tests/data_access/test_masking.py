"""Somebody whom nobody could mistake stands in every personal column: without the right to see who customers are,
nothing of them comes out, neither of a query nor in the words of an error or a line of the log."""

from __future__ import annotations

import io
import json
import re
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

import logs
from data_access import statements
from data_access.errors import StatementRefused
from data_access.scope import Right, granted
from data_access.scoped import IMPERSONAL, PERSONAL_IN_WAREHOUSE, ScopedSession
from data_access.statements import SQL_ROOT
from data_access.stores import Stores
from tests.data_access.filled import account_tables, fill
from tests.embedded_clickhouse import migrated_stores

ACCOUNT = "A"
EMAIL, NAME, PHONE, STREET = "zaphod@beeblebrox.example", "Zaphodine", "+491755550199", "Heartofgoldweg"
TELLING = re.compile(r"(?i)zaphod|beeblebrox|1755550199|heartofgold")
EVERYTHING = set(Right)


def personal(store: Any) -> dict[str, list[str]]:
    """Table → its columns that tell who somebody is, as the two lists of the query runner have them."""
    tables = account_tables(store)
    found = {name: [c for c, _ in tables[name] if c not in IMPERSONAL[name]] for name in IMPERSONAL}
    return found | {name: list(columns) for name, columns in PERSONAL_IN_WAREHOUSE.items()}


@pytest.fixture
def planted(stores: Stores) -> Stores:
    """A row in every table of an account, and the person in each column that tells who somebody is."""
    fill(stores.operational, ACCOUNT, 1)
    document = json.dumps({"$email": EMAIL, "name": NAME, "phone": PHONE, "street": STREET})
    with stores.operational.write() as session:
        for table, columns in personal(stores.operational).items():
            kinds = dict(account_tables(stores.operational)[table])
            for column in columns:
                value = document if kinds[column] == "JSON" or column.endswith("properties") else EMAIL
                value = {"first_name": NAME, "last_name": NAME, "phone_number": PHONE, "shipping_city": STREET}.get(
                    column, value
                )
                session.execute_text(f"UPDATE {table} SET {column} = '{value}'")
    return stores


def read_statements() -> Iterator[str]:
    """Every statement that a page may ask of a store."""
    for path in sorted((SQL_ROOT / "read").rglob("*.sql")):
        yield str(path.relative_to(SQL_ROOT).with_suffix(""))
    for path in sorted((SQL_ROOT / "duckdb" / "read").rglob("*.sql")):
        yield str(path.relative_to(SQL_ROOT / "duckdb").with_suffix(""))


def value(name: str, kind: str, asked: str) -> Any:
    """A value of a parameter's type with which as much as possible is found; texts ask for the person."""
    if kind.startswith("Array"):
        return [1] if "Int" in kind else [asked, ACCOUNT, "c", "p"]
    if kind.startswith("Date"):
        day = date(2026, 1, 1) if re.search("start|from|before|low", name) else date(2026, 12, 31)
        return datetime.combine(day, time(), UTC) if "Time" in kind else day
    if kind == "Bool":
        return True
    if "String" in kind:
        return {"zone": "Europe/Berlin", "timezone": "Europe/Berlin", "grain": "day", "account": ACCOUNT}.get(
            name, asked
        )
    return 1


def everything_read(stores: Stores, rights: set[Right]) -> tuple[str, int, list[str]]:
    """What all statements tell somebody with these rights, how many told something, and those that were refused."""
    scope = granted("vic", [ACCOUNT], rights)
    told, answered, refused = [], 0, []
    for name in dict.fromkeys(read_statements()):
        statement = statements.load(name, "duckdb")
        for asked in (EMAIL, ACCOUNT, "c") if statement.reads else ():
            params = {key: value(key, kind, asked) for key, kind in statement.params.items()}
            try:
                with stores.operational.read() as session:
                    rows = ScopedSession(session, scope, ACCOUNT).rows(name, **params)
            except (StatementRefused, statements.StatementError) as error:
                refused.append(f"{name}: {error}")
                told.append(str(error))
                continue
            answered += bool(rows)
            told.append(f"{name}: {rows}")
    return "\n".join(told), answered, refused


def test_nothing_of_a_person_comes_out_of_any_query_without_the_right_for_it(planted: Stores) -> None:
    told, answered, refused = everything_read(planted, EVERYTHING - {Right.PII})
    assert [line for line in told.splitlines() if TELLING.search(line)] == []
    # The walk has found something to look at, and whoever may see people does.
    assert answered > 100, refused
    seen, _, _ = everything_read(planted, EVERYTHING)
    assert TELLING.search(seen)


@pytest.mark.parametrize(
    "text",
    [
        # A value that does not fit, a row that is there already, a value that is none.
        "INSERT INTO exchange_rates (date, base, quote, rate, source)"
        f" VALUES (DATE '2026-01-01', 'EUR', 'USD', CAST('{NAME} {EMAIL}' AS DECIMAL(18, 8)), 'x')",
        f"INSERT INTO settings (klaviyo_public_id, key, value, updated_by) VALUES ('A', '{EMAIL}', '1', '{NAME}')",
        f"INSERT INTO targets (month, geo, margin_pct_target) VALUES ('{NAME} {EMAIL}', NULL, 1)",
    ],
)
def test_the_words_of_an_error_tell_nobody(each_operational: Stores, text: str) -> None:
    with pytest.raises(StatementRefused) as caught:  # noqa: PT012 - the second time it is there already
        for _ in range(2):
            with each_operational.operational.write() as session:
                session.execute_text(text)
    whole = "".join(traceback.format_exception(caught.value))
    # The statement of this test stands in the traceback's own lines; what the database said does not.
    said = f"{caught.value} {caught.value.__cause__}"
    assert not TELLING.search(said), said
    assert "refused" in whole


def test_an_error_of_clickhouse_tells_nobody(tmp_path: Any) -> None:
    with migrated_stores(tmp_path / "data", "clickhouse") as stores, stores.warehouse.write() as session:
        for text in (
            f"INSERT INTO klaviyo_orders (klaviyo_public_id, order_value) VALUES ('A', '{NAME} {EMAIL}')",
            f"INSERT INTO klaviyo_orders (klaviyo_public_id, order_date) SELECT 'A', toDate32('{NAME} {EMAIL}')",
        ):
            with pytest.raises(StatementRefused) as caught:
                session.execute_text(text)
            said = f"{caught.value} {caught.value.__cause__}"
            assert not TELLING.search(said), said


def test_no_line_of_the_log_holds_an_address() -> None:
    logs.configure("INFO")
    written = io.StringIO()
    with redirect_stdout(written):
        try:
            raise ValueError(f"profile {EMAIL} cannot be read")
        except ValueError:
            logs.logger("test").error("failed", reason=f"no mailbox for <{EMAIL}>", exc_info=True)
    line = json.loads(written.getvalue())
    assert line["reason"] == "no mailbox for <•••@•••>"
    assert "profile •••@••• cannot be read" in line["exception"]
