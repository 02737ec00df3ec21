"""What a load takes in: each event once, as it was delivered last; versions move with the rows that changed, only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from data_access.aggregates import recompute
from data_access.derived.registry import TABLES
from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator
from ingest.fetch.columns import ProfileColumns
from ingest.fetch.entities import metric_row, table_of
from ingest.klaviyo.bodies import PAGE, Resource
from ingest.runner import load_spool
from settings import Settings
from tests.figures.literal import ACCOUNT, CLICKED, Ledger
from tests.ingest.chunks import AT, account_with_key, chunk, events, touches
from tests.ingest.synced import new_stores, one, rows, sync


@pytest.fixture(params=["duckdb", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of each operational engine, with an embedded warehouse."""
    folder = tmp_path / "data"
    if request.param == "duckdb":
        return Settings(data_dir=folder)
    url = request.getfixturevalue("migrated_postgres_url")
    return Settings(data_dir=folder, database_url=url, warehouse_url=f"duckdb:///{folder / 'warehouse.duckdb'}")


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    opened = new_stores(settings)
    yield opened
    close_stores(opened)


@pytest.fixture
def ledger(stores: Stores, settings: Settings) -> Ledger:
    return account_with_key(stores, settings)


def versions(stores: Stores) -> dict[str, int]:
    # Where two databases are brought up to date, a dataset that was never published may be marked: version 0.
    return dict(rows(stores, "SELECT dataset, version FROM data_versions WHERE version > 0"))


def moved(stores: Stores, before: dict[str, int]) -> set[str]:
    after = versions(stores)
    return {name for name, version in after.items() if before.get(name) != version}


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [(["old"], [], []), (["old"], ["new"], ["new"]), ([], ["new"], ["new"]), (["a", "b"], ["b"], ["b"])],
)
def test_of_an_event_that_comes_twice_in_one_load_the_later_attributions_hold(
    stores: Stores,
    settings: Settings,
    ledger: Ledger,
    known: bool,
    first: list[str],
    later: list[str],
    expected: list[str],
) -> None:
    def touched(names: list[str], delivery: int) -> Any:
        found = [{"id": f"x-{n}", "event_id": "o1", "campaign_id": n, "attributed_event_id": "t1"} for n in names]
        # Another event of the page, whose touches nobody doubts.
        found.append({"id": f"y{delivery}", "event_id": f"p{delivery}", "campaign_id": "other"})
        return touches(*found, delivery=delivery)

    chunk(settings, 1, {"events": events(("t1", AT - timedelta(days=1)), metric=CLICKED)})
    if known:
        chunk(settings, 2, {"events": events(("o1", AT)), "attributions": touched(["stored"], 2)})
    load_spool(stores, settings, ACCOUNT)
    chunk(settings, 3, {"events": events(("o1", AT), ("p3", AT), delivery=3), "attributions": touched(first, 3)})
    chunk(settings, 4, {"events": events(("o1", AT), ("p4", AT), delivery=4), "attributions": touched(later, 4)})
    load_spool(stores, settings, ACCOUNT)
    found = rows(stores, "SELECT campaign_id FROM klaviyo_attributions WHERE event_id = 'o1' ORDER BY 1")
    assert [row[0] for row in found] == expected
    assert one(stores, "SELECT count(*) FROM klaviyo_attributions WHERE event_id IN ('p3', 'p4')") == 2
    won = rows(stores, "SELECT campaign_id FROM order_attribution WHERE order_id = 'o1'")
    assert [row[0] for row in won] == expected[-1:]
    del ledger


@pytest.mark.parametrize(
    ("later", "customers"),
    [
        # p1 ends with p3, and what ended with p1 does too.
        (("o2", "p3"), {"o1": "p3", "o2": "p3", "o3": "p2"}),
        # An event of p3 comes under p1: p1 is alive again, and has its orders back.
        (("o4", "p1"), {"o1": "p1", "o2": "p1", "o3": "p2", "o4": "p1"}),
    ],
)
def test_a_profile_that_is_merged_elsewhere_takes_its_orders_along(
    stores: Stores, settings: Settings, ledger: Ledger, later: tuple[str, str], customers: dict[str, str]
) -> None:
    every = [("o1", AT), ("o2", AT), ("o3", AT), ("o4", AT)]
    chunk(settings, 1, {"events": events(*every, profiles=["p1", "p1", "p1", "p3"])})
    load_spool(stores, settings, ACCOUNT)
    # The others of p1 are not told again: they follow by the merge.
    chunk(settings, 2, {"events": events(("o3", AT), profiles=["p2"], delivery=2)})
    load_spool(stores, settings, ACCOUNT)
    assert customer_of_each(ledger) == {"o1": "p2", "o2": "p2", "o3": "p2", "o4": "p3"}
    chunk(settings, 3, {"events": events((later[0], AT), profiles=[later[1]], delivery=3)})
    load_spool(stores, settings, ACCOUNT)
    found = customer_of_each(ledger)
    assert {order: found[order] for order in customers} == customers
    recompute(stores, ACCOUNT)
    assert customer_of_each(ledger) == found


def customer_of_each(ledger: Ledger) -> dict[str, str]:
    return {row["order_id"]: row["customer_id"] for row in ledger.rows("klaviyo_orders")}


def flow(name: str) -> dict[str, Any]:
    return {"flow_id": "F1", "name": name, "status": "live", "archived": False, "tags": [], "created_at": AT,
            "updated_at": AT}  # fmt: skip


def campaign(name: str) -> dict[str, Any]:
    return {"campaign_id": "C", "name": name, "status": "Draft", "archived": False, "created_at": AT, "updated_at": AT}


@pytest.mark.parametrize(
    ("table", "before", "after", "dataset"),
    [
        ("flows", flow("Old"), flow("New"), "flows"),
        ("campaigns", campaign("Old"), campaign("New"), "campaigns"),
        ("lists", {"list_id": "L", "name": "Old"}, {"list_id": "L", "name": "New"}, "segments"),
        ("segments", {"segment_id": "S", "name": "Old"}, {"segment_id": "S", "name": "New"}, "segments"),
        ("forms", {"form_id": "F", "name": "Old"}, {"form_id": "F", "name": "New"}, "forms"),
        ("tags", {"tag_id": "T", "name": "Old"}, {"tag_id": "T", "name": "New"}, "campaigns"),
        ("catalog_items", {"item_id": "I", "title": "Old"}, {"item_id": "I", "title": "New"}, "catalog"),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)  # fmt: skip
def test_the_version_of_a_dataset_moves_when_its_rows_change_and_only_then(
    stores: Stores,
    settings: Settings,
    ledger: Ledger,
    table: str,
    before: dict[str, Any],
    after: dict[str, Any],
    dataset: str,
) -> None:
    def loaded(seq: int, row: dict[str, Any]) -> set[str]:
        known = versions(stores)
        chunk(settings, seq, {table: table_of(table, [row])})
        summary = load_spool(stores, settings, ACCOUNT)
        assert summary is not None
        assert summary.error is None
        return moved(stores, known)

    # With its first load an account gets its derived tables, too.
    assert loaded(1, before) - {derived.dataset for derived in TABLES} == {dataset}
    assert loaded(2, before) == set()
    # What rests on the catalog is made anew with it.
    also = {"products", "pairs", "parts"} if dataset == "catalog" else set()
    assert loaded(3, after) == {dataset} | also
    assert loaded(4, after) == set()
    assert one(stores, "SELECT count(*) FROM touched") == 0
    del ledger


def test_the_version_of_profiles_moves_with_a_newer_state_and_with_a_stub(
    stores: Stores, settings: Settings, ledger: Ledger
) -> None:
    def loaded(seq: int, tables: dict[str, pa.Table]) -> set[str]:
        known = versions(stores)
        chunk(settings, seq, tables)
        load_spool(stores, settings, ACCOUNT)
        return moved(stores, known)

    def state(updated: str, name: str) -> dict[str, pa.Table]:
        columns = ProfileColumns()
        attributes = {"email": "ann@example.com", "first_name": name, "created": "2026-01-01T00:00:00Z"}
        raw = msgspec.json.encode({"type": "profile", "id": "a", "attributes": attributes | {"updated": updated}})
        columns.add_page(PAGE.decode(b'{"data":[' + raw + b"]}"), [])
        return {"profiles": columns.table()}

    assert "profiles" in loaded(1, state("2026-10-01T00:00:00Z", "Ann"))
    assert loaded(2, state("2026-10-01T00:00:00Z", "Ann")) == set()
    assert loaded(3, state("2026-09-01T00:00:00Z", "Older")) == set()
    assert "profiles" in loaded(4, state("2026-10-02T00:00:00Z", "Anna"))
    assert one(stores, "SELECT first_name FROM klaviyo_profiles WHERE id = 'a'") == "Anna"
    assert "profiles" in loaded(5, {"events": events(("o1", AT))})
    assert loaded(6, {"events": events(("o1", AT))}) == set()
    del ledger


def test_syncing_again_moves_no_version(
    own_stores: Stores, own_settings: Settings, account: str, emulator: RunningEmulator
) -> None:
    sync(own_stores, own_settings, account)
    before = versions(own_stores)
    assert {"orders", "engagement", "campaigns", "flows", "forms", "segments", "profiles", "catalog"} <= before.keys()
    sync(own_stores, own_settings, account, full=True)
    assert moved(own_stores, before) == set()
    del emulator


def test_a_metric_says_where_it_comes_from(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account, only=["metrics"])
    assert one(own_stores, "SELECT count(*) FROM klaviyo_metrics WHERE description IS NULL OR type IS NULL") == 0


@pytest.mark.parametrize(
    ("integration", "type", "description"),
    [
        ({"id": "1", "name": "Shopify", "category": "eCommerce"}, "eCommerce", "Placed Order from Shopify (eCommerce)"),
        ({"id": "1", "name": "Shopify", "category": {"category": "eCommerce"}}, "eCommerce",
         "Placed Order from Shopify (eCommerce)"),
        ({"id": "1", "name": "API"}, "API", "Placed Order from API"),
        (None, None, "Placed Order"),
    ],
)  # fmt: skip
def test_type_and_description_of_a_metric(integration: Any, type: str | None, description: str) -> None:
    attributes = {"name": "Placed Order", "created": "2024-01-01T00:00:00Z", "integration": integration}
    row = metric_row(Resource(type="metric", id="m", attributes=attributes))
    assert (row["type"], row["description"]) == (type, description)
