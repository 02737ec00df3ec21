"""Every statement that reads the warehouse, amid versions that came late and out of order: the same rows and figures.

The life of an account is lived twice: on the embedded default, and on ClickHouse where nothing is merged and every
write is followed by late versions of its rows. A statement that no part of that life runs fails the last test here: add
what runs it to LIFE; what pages read is asked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access import statements
from data_access.aggregates import recompute
from data_access.derived import frame
from data_access.derived.registry import derive
from data_access.errors import StoreError
from data_access.operations.tables import catalogue, portions, tables_of
from data_access.personal.erasing import erase
from data_access.personal.forgotten import Forgotten
from data_access.personal.person import find
from data_access.queries.cohorts import all_customers, customer_base
from data_access.scope import local_admin
from data_access.scoped import ScopedSession
from data_access.stores import Stores
from data_access.writes.holdouts import Wanted, name_holdout
from data_access.writes.load_statistics import load_statistics
from ingest.examination.databases import orphans
from ingest.order_files.loading import Asked, load_orders
from ingest.order_files.removal import remove_load
from settings import Settings
from tests.figures.literal import OPENED, Event, Ledger, cancelled, item, placed, refunded
from tests.figures_read.test_unmerged import READS as PAGES
from tests.ingest.synced import MOMENTS
from tests.unmerged import late_versions
from tests.warehouse_rows import ACCOUNT, migrated

ADMIN = local_admin("test")
FILES = "Files1"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
COUNTS = ("recipients", "delivered", "opens", "opens_unique", "clicks", "clicks_unique", "conversions",
          "conversion_uniques", "unsubscribes", "unsubscribe_uniques", "spam_complaints", "bounced", "failed",
          "text_message_spend", "text_message_credit_usage_amount")  # fmt: skip
FORM = ("viewed_form", "viewed_form_uniques", "viewed_form_step", "viewed_form_step_uniques", "submitted_form_step",
        "submitted_form_step_uniques", "submits", "qualified_form", "qualified_form_uniques", "closed_form",
        "closed_form_uniques")  # fmt: skip
REPORTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "campaign_values": (("campaign_id", "campaign_message_id", "campaign_message_name", "variation", "variation_name",
                         "send_channel"), COUNTS),
    "flow_series": (("flow_id", "flow_name", "flow_message_id", "flow_message_name", "send_channel", "date"), COUNTS),
    "form_series": (("form_id", "form_version_id", "date"), FORM),
    "segment_series": (("segment_id", "date"), ("total_members", "members_added", "members_removed",
                                                "net_members_changed")),
}  # fmt: skip


def _reading() -> Iterator[str]:
    """The statements of ClickHouse that read a table of the warehouse."""
    for path in statements.SQL_ROOT.rglob("*.sql"):
        engine, *rest = path.relative_to(statements.SQL_ROOT).with_suffix("").parts
        if engine == "clickhouse" or engine not in statements.ENGINE_FOLDERS:
            name = "/".join(rest if engine == "clickhouse" else [engine, *rest])
            if statements.load(name, "clickhouse").sources & set(tables_of("warehouse")):
                yield name


READING = set(_reading())
READ_BY_PAGES = sorted(name for name in READING if name.startswith("read/"))


@dataclass
class Lived:
    """What a life left: the rows of every table of the warehouse, the answers of every question, the statements."""

    tables: dict[str, list[str]]
    answers: dict[str, Any]
    ran: set[str] = field(default_factory=set)


def report(ledger: Ledger, folder: Path, name: str, *rows: dict[str, Any]) -> None:
    texts, numbers = REPORTS[name]
    schema = [(column, pa.string()) for column in texts] + [(column, pa.float64()) for column in numbers]
    if "recipients" in numbers:
        schema.append(("conversion_value", pa.decimal128(18, 2)))
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), schema=pa.schema(schema)), path)
    with ledger.stores.operational.read() as names, ledger.stores.warehouse.write() as session:
        load_statistics(names, session, ACCOUNT, "Europe/Berlin", name, [path], NOVEMBER, NOW)


def members(ledger: Ledger, folder: Path, *profiles: str) -> None:
    path = folder / "memberships.parquet"
    rows = [
        {"segment_id": "s1", "snapshot_date": date(2026, 11, 9), "profile_id": id, "joined_at": NOW} for id in profiles
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    with ledger.stores.operational.read() as names, ledger.stores.warehouse.write() as session:
        load_statistics(names, session, ACCOUNT, "Europe/Berlin", "memberships", [path], NOVEMBER, NOW)


def reports(ledger: Ledger, folder: Path, more: float) -> None:
    """Statistics of every kind; another `more` says other counts, and of a campaign another message."""
    sent = {"send_channel": "email", "recipients": 100.0 + more, "delivered": 90.0, "opens_unique": 10.0,
            "conversion_value": Decimal("19.99")}  # fmt: skip
    message = {"campaign_id": "c1", "campaign_message_id": f"m{more:.0f}", "variation": "a"}
    report(ledger, folder, "campaign_values", message | sent)
    days = ["2026-11-09", "2026-11-10"] if more else ["2026-11-09"]
    report(ledger, folder, "flow_series", *({"flow_id": "w1", "flow_message_id": "m9", "date": d} | sent for d in days))
    form = {"form_id": "f1", "form_version_id": "v1", "viewed_form": 5.0 + more, "submits": 1.0}
    report(ledger, folder, "form_series", *(form | {"date": d} for d in days))
    report(ledger, folder, "segment_series", *({"segment_id": "s1", "date": d, "total_members": 9.0} for d in days))
    members(ledger, folder, *(["ann", "bob"] if more else ["ann"]))


def begins(ledger: Ledger, folder: Path) -> None:
    ledger.store()
    ledger.insert("sync_cursors", {"klaviyo_public_id": ACCOUNT, "resource": "events", "partition": "",
                                   "watermark": NOW})  # fmt: skip
    ledger.insert("klaviyo_campaigns", {
        "klaviyo_public_id": ACCOUNT, "campaign_id": "c1", "name": "November", "status": "Sent", "archived": False,
        "sent_at": datetime(2026, 11, 9, 8, tzinfo=UTC), "created_at": NOW, "updated_at": NOW,
    })  # fmt: skip
    ledger.insert(
        "klaviyo_segments", {"klaviyo_public_id": ACCOUNT, "segment_id": "s1", "name": "S", "created_at": NOW}
    )
    ledger.profile("ann", "ann@example.com")
    ledger.rate("2026-01-01", "USD", "EUR", "0.5")
    lines = [item("p", 10.0, 2), item("q", 5.0)]
    ledger.load(Event("t", OPENED, "2026-11-09T08:00:00+01:00", "ann"))
    ledger.load(placed("A", "2026-11-09T12:00:00+01:00", 25, "ann", Items=lines, currency="USD"))
    ledger.load(placed("B", "2026-11-10T12:00:00+01:00", 30, "bob", Items=lines))
    ledger.load(placed("C", "2026-11-11T12:00:00+01:00", 40, "ann", currency="CHF"))
    ledger.load(placed("E", "2026-11-12T12:00:00+01:00", 15, "eve", Items=[item("p", 15.0)]))
    ledger.load(placed("bad", "2026-11-12T12:00:00+01:00", "free", "eve", OrderId=""))
    ledger.load(refunded("r", "B", "2026-11-12T12:00:00+01:00", 4), refunded("u", "C", "2026-11-13T12:00:00+01:00", 4))
    ledger.attribute("A", {"attributed_event_id": "t", "campaign_id": "c1", "campaign_message_id": "m1"})
    ledger.attribute("E", {"attributed_event_id": "t", "flow_id": "w1", "flow_message_id": "m9"})
    reports(ledger, folder, 0.0)
    ledger.refresh()
    derive(ledger.stores, ACCOUNT)


def goes_on(ledger: Ledger, folder: Path) -> None:
    """An order moves to another day, a first one comes late, one is cancelled, profiles merge, a message is named, and
    a segment is named as left out of a campaign."""
    ledger.load(placed("B2", "2026-11-14T12:00:00+01:00", 35, "bob", OrderId="B", Items=[item("q", 35.0)]))
    ledger.load(placed("D", "2026-11-03T12:00:00+01:00", 10, "ann", Items=[item("q", 10.0)]))
    ledger.load(cancelled("x", "E", "2026-11-13T12:00:00+01:00"), refunded("r2", "A", "2026-11-14T12:00:00+01:00", 3))
    ledger.profile("bob", merged_into="ann")
    ledger.attribute("E")
    ledger.message("m1", campaign="c1", channel="sms")
    reports(ledger, folder, 1.0)
    name_holdout(ledger.stores, ADMIN, ACCOUNT, Wanted("c1", "s1"))
    ledger.refresh()
    derive(ledger.stores, ACCOUNT)


def begins_anew(ledger: Ledger, _folder: Path) -> None:
    ledger.setting("timezone", "America/New_York")
    recompute(ledger.stores, ACCOUNT)


def comes_from_files(ledger: Ledger, folder: Path) -> None:
    """The same file twice, with another line, and one that is taken out again; then other rates."""
    settings = Settings(data_dir=folder)
    lines = "F1,f@example.com,p,2,5\n", "F1,f@example.com,p,3,5\nF2,g@example.com,q,1,9\n", "F3,f@example.com,q,1,4\n"
    for rows in lines:
        path = folder / "orders.csv"
        rows = "".join(f"{row},2026-11-10 12:00\n" for row in rows.splitlines())
        path.write_text(f"order_id,customer_email,product_id,quantity,unit_price,order_timestamp\n{rows}")
        done = load_orders(ledger.stores, settings, ADMIN, FILES, path, Asked(currency="USD"))
    remove_load(ledger.stores, settings, ADMIN, FILES, done.load)
    recompute(ledger.stores, FILES)


def _plainly(name: str, stores: Stores) -> list[dict[str, Any]]:
    """What a page's statement tells when it is asked for much, by plain values of its parameters' types."""
    params = statements.load(name, "clickhouse").params
    with stores.warehouse.read() as session:
        reader = ScopedSession(session, ADMIN, ACCOUNT)
        rows = reader.rows(name, **{key: _plain(key, kind) for key, kind in params.items()})
    told = [{key: _alike(value) for key, value in row.items()} for row in rows]
    return sorted(told, key=lambda row: str(sorted(row.items(), key=str)))


def _plain(name: str, kind: str) -> Any:
    if kind.startswith("Array"):
        return [0, 1] if "Int" in kind else ["p", "ann"]
    if kind.startswith("Nullable"):
        return None
    if kind.startswith("Date"):
        day = NOVEMBER[0] if re.search("start|from|before", name) else NOVEMBER[1]
        return datetime.combine(day, time(), UTC) if "Time" in kind else day
    if kind == "Bool":
        return name.startswith(("any_", "with_"))
    if kind.startswith("String"):
        return {"zone": "Europe/Berlin", "grain": "day"}.get(name, "p")
    return {"one": 0, "other": 0}.get(name, 10)


def _rejects(stores: Stores) -> list[dict[str, Any]]:
    with stores.warehouse.read() as session:
        return sorted(session.rows("project/rejects_known", account=ACCOUNT), key=str)


def _base(stores: Stores) -> Any:
    found = customer_base(stores, ADMIN, ACCOUNT)
    assert found is not None
    return found


def forgets(ledger: Ledger, folder: Path) -> None:
    """A customer asks to be forgotten, under names that both lives know."""
    person = find(ledger.stores, ACCOUNT, "ann", Forgotten(Settings(data_dir=folder), ACCOUNT, []))
    assert person is not None
    person.pseudonyms = {id: f"forgotten-{place}" for place, id in enumerate(person.ids)}
    erase(ledger.stores, person)


def ends(ledger: Ledger, _folder: Path) -> None:
    """No order of the files' account counts any more: its customers go."""
    with ledger.stores.warehouse.write() as session:
        session.execute("derive/customer_profiles_clear", account=FILES)


LIFE: tuple[Callable[[Ledger, Path], None], ...] = (begins, goes_on, begins_anew, comes_from_files, forgets, ends)
QUESTIONS: dict[str, Callable[[Stores], Any]] = (
    PAGES
    | {
        "rejects": lambda stores: _rejects(stores),
        "orphans": lambda stores: list(orphans(stores)),
        "cohorts": lambda stores: replace(_base(stores), computed_at=NOW),
        "customers": lambda stores: list(all_customers(stores, ADMIN, ACCOUNT)),
    }
    | {name: partial(_plainly, name) for name in READ_BY_PAGES}
)


def contents(stores: Stores) -> dict[str, list[str]]:
    """The rows of the warehouse's tables as text in order, without the moments of writing."""
    found = {}
    with stores.warehouse.read() as session:
        for name, table in catalogue(session, "warehouse").items():
            rows = [row for part in portions(session, table, table.names) for row in part.to_pylist()]
            told = [str([_alike(row[key]) for key in sorted(row.keys() - MOMENTS)]) for row in rows]
            # An order of a file says which load brought it: those of two lives have ids of their own.
            found[name] = sorted(re.sub(r"'file:\d+T\d+-\w+:", "'file:", row) for row in told)
    return found


def _alike(value: Any) -> Any:
    """Lists in which an engine has nothing, and ratios to twelve digits."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return value or None if isinstance(value, list) else value


def lived(stores: Stores, folder: Path) -> Lived:
    ledger = Ledger(stores)
    with pytest.MonkeyPatch.context() as patched:
        # Of so few orders a few are a large part, of which derived tables would be made anew.
        patched.setattr(frame, "LARGE_PART", 1000)
        for part in LIFE:
            part(ledger, folder)
    return Lived(contents(stores), {name: _answer(ask, stores) for name, ask in QUESTIONS.items()})


def _answer(ask: Callable[[Stores], Any], stores: Stores) -> Any:
    try:
        return ask(stores)
    except StoreError as error:
        return error  # fails the test of this question alone


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("calm")
    with migrated(folder) as stores:
        return lived(stores, folder)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("late")
    with migrated(folder, "clickhouse") as stores, late_versions(stores) as versions:
        found = lived(stores, folder)
        found.ran = versions.ran
        return found


def test_every_table_holds_the_same_rows(calm: Lived, late: Lived) -> None:
    assert calm.tables.keys() == late.tables.keys()
    for name, rows in calm.tables.items():
        assert late.tables[name] == rows, name
    empty = {name for name, rows in calm.tables.items() if not rows}
    few = {"products_master", "product_relationships_optimized", "basket_relationships", "basket_bundles"}
    assert empty <= few, "too little was lived"


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_the_same_answer(calm: Lived, late: Lived, name: str) -> None:
    assert not isinstance(late.answers[name], StoreError)
    assert late.answers[name] == calm.answers[name]


def test_every_statement_that_reads_the_warehouse_was_run(late: Lived) -> None:
    assert len(READING) > 70
    assert sorted(READING - late.ran) == [], "run by no part of LIFE, and asked by none of QUESTIONS"
