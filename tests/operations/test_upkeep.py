"""Upkeep changes nothing that is read, is recorded, and works beside readers."""

from __future__ import annotations

import pytest

from data_access.operations.runs import last_done
from data_access.operations.upkeep import maintain
from data_access.scope import NotPermitted, Right, Scope, granted
from settings import Settings
from tests.figures.literal import ACCOUNT, Ledger, placed
from tests.operations.kept import figures


def test_it_changes_no_figure_and_is_recorded(ledger: Ledger, settings: Settings, admin: Scope) -> None:
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 19.99))
    ledger.refresh()
    before = figures(ledger)
    done = maintain(ledger.stores, settings, admin)
    assert done["operational"]["engine"] == "duckdb"
    assert figures(ledger) == before
    with ledger.stores.operational.read() as session:
        found = last_done(session, "maintain")
    assert found is not None
    assert found.details == done


def test_what_the_log_holds_is_written_into_the_file(ledger: Ledger, settings: Settings, admin: Scope) -> None:
    file = ledger.stores.operational.path  # type: ignore[attr-defined]
    log = file.with_name(f"{file.name}.wal")
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 19.99))
    before = log.stat().st_size
    maintain(ledger.stores, settings, admin)
    # What is left in it is the record of the run itself.
    assert log.stat().st_size < before


def test_it_works_beside_a_reader(ledger: Ledger, settings: Settings, admin: Scope) -> None:
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 19.99))
    with ledger.stores.operational.read() as session:
        assert len(session.rows("operations/accounts")) == 1
        maintain(ledger.stores, settings, admin)
        assert len(session.rows("operations/accounts")) == 1


def test_only_an_admin_may(ledger: Ledger, settings: Settings) -> None:
    with pytest.raises(NotPermitted):
        maintain(ledger.stores, settings, granted("somebody", [ACCOUNT], [Right.VIEW, Right.SYNC]))
