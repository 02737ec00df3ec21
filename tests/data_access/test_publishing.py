"""Two databases: whoever reads between the steps of a refresh sees what was whole before, or waits; never a half."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data_access import cache
from data_access.aggregates import DERIVED_DATASETS, refresh
from data_access.cache import cached
from data_access.engines.base import Session
from data_access.errors import StoreBusy
from data_access.queries.accounts import data_state
from data_access.schedule import figures_due
from data_access.scope import Scope, local_admin
from data_access.stores import Stores
from tests.embedded_clickhouse import migrated_stores
from tests.figures.literal import ACCOUNT, Ledger, placed

ADMIN = local_admin()
WHOLE = {(Decimal("10.00"), Decimal("10.00")), (Decimal("35.00"), Decimal("35.00"))}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with migrated_stores(tmp_path, "clickhouse") as stores:
        found = Ledger(stores)
        found.store()
        found.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
        found.refresh()
        cache._kept.clear()
        yield found


def sums(stores: Stores, scope: Scope, account: str, asked: None) -> tuple[Any, Any]:
    """Two tables that must always say the same: the orders, and the daily figures made of them."""
    del scope, asked
    mine = f"klaviyo_public_id = '{account}'"
    with stores.warehouse.read() as session:
        orders = session.query_text(f"SELECT sum(order_value_account) AS v FROM klaviyo_orders WHERE {mine}", {})
        days = session.query_text(f"SELECT sum(total_revenue) AS v FROM account_metrics_daily WHERE {mine}", {})
    return orders["v"][0].as_py(), days["v"][0].as_py()


def look(stores: Stores) -> tuple[Any, Any]:
    return cached(sums, stores, ADMIN, ACCOUNT, None, data_state(stores, ADMIN, ACCOUNT))


def between_steps(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, seen: Callable[[], None]) -> None:
    """Runs a refresh, and `seen` after each of its statements that write to the warehouse."""
    with ledger.stores.warehouse.read() as session:
        kind: type[Session] = type(session)
    whole = kind.execute

    def watched(self: Session, name: str, /, **params: Any) -> int:
        done = whole(self, name, **params)
        seen()
        return done

    with monkeypatch.context() as patched:
        patched.setattr(kind, "execute", watched)
        ledger.refresh()


def test_a_reader_between_the_steps_of_a_refresh_sees_the_kept_state(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look(ledger.stores) == (Decimal("10.00"), Decimal("10.00"))
    ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))
    kept: list[Any] = []
    raw: list[Any] = []

    def seen() -> None:
        kept.append(look(ledger.stores))
        raw.append(sums(ledger.stores, ADMIN, ACCOUNT, None))

    between_steps(ledger, monkeypatch, seen)
    assert set(kept) == {(Decimal("10.00"), Decimal("10.00"))}
    assert set(raw) - WHOLE, "the warehouse itself was half new in between: the test can fail"
    assert look(ledger.stores) == (Decimal("35.00"), Decimal("35.00"))


def test_a_reader_without_a_kept_state_waits_and_is_told_in_the_end(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "PATIENCE", timedelta(0))
    ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))
    told: list[str] = []

    def seen() -> None:
        with pytest.raises(StoreBusy, match="being put in place") as caught:
            look(ledger.stores)
        told.append(str(caught.value))

    between_steps(ledger, monkeypatch, seen)
    assert len(told) > 3
    assert look(ledger.stores) == (Decimal("35.00"), Decimal("35.00"))


def test_a_result_that_was_half_new_is_read_again(ledger: Ledger) -> None:
    """The refresh runs between the two statements of one read."""
    runs: list[int] = []

    def torn(stores: Stores, scope: Scope, account: str, asked: None) -> tuple[Any, Any]:
        before = sums(stores, scope, account, asked)
        if not runs:
            runs.append(1)
            ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))
            ledger.refresh()
            return before[0], sums(stores, scope, account, asked)[1]
        return sums(stores, scope, account, asked)

    found = cached(torn, ledger.stores, ADMIN, ACCOUNT, None, data_state(ledger.stores, ADMIN, ACCOUNT))
    assert found == (Decimal("35.00"), Decimal("35.00"))


def test_a_refresh_that_failed_leaves_the_mark_and_the_next_one_takes_it_back(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ledger.stores)
    ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))

    def cut() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        between_steps(ledger, monkeypatch, cut)
    assert data_state(ledger.stores, ADMIN, ACCOUNT).publishing
    assert look(ledger.stores) == (Decimal("10.00"), Decimal("10.00"))
    ledger.refresh()
    assert not data_state(ledger.stores, ADMIN, ACCOUNT).publishing
    assert look(ledger.stores) == (Decimal("35.00"), Decimal("35.00"))


def test_figures_are_due_as_long_as_the_mark_stands(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends before its very last step: everything is in place, but nobody may read it."""

    def due() -> bool:
        with ledger.stores.operational.read() as session:
            return figures_due(session, ACCOUNT)

    with ledger.stores.operational.read() as session:
        kind: type[Session] = type(session)
    whole = kind.execute

    def cut(self: Session, name: str, /, **params: Any) -> int:
        if name == "aggregate/published":
            raise ConnectionError
        return whole(self, name, **params)

    ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))
    with monkeypatch.context() as patched:
        patched.setattr(kind, "execute", cut)
        with pytest.raises(ConnectionError):
            ledger.refresh()
    assert data_state(ledger.stores, ADMIN, ACCOUNT).publishing
    assert due()
    ledger.refresh()
    assert not due()


def test_a_refresh_leaves_the_marks_of_derived_tables_to_these(ledger: Ledger) -> None:
    """One of them was left half done, and nobody may read it; the orders' own figures do not wait for it."""
    marks = [
        {"klaviyo_public_id": ACCOUNT, "dataset": name, "version": 1, "publishing": place % 2 == 0}
        for place, name in enumerate(DERIVED_DATASETS)
    ]
    ledger.insert("data_versions", *marks)
    seen: list[dict[str, bool]] = []

    def marked() -> dict[str, bool]:
        rows = ledger.rows("data_versions", "dataset, publishing")
        return {row["dataset"]: row["publishing"] for row in rows if row["dataset"] in DERIVED_DATASETS}

    ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 25))
    before = marked()
    refresh(ledger.stores, ACCOUNT, put=lambda _pair: seen.append(marked()))
    assert seen == [before]
    assert marked() == before
    with ledger.stores.operational.read() as session:
        assert not figures_due(session, ACCOUNT)
