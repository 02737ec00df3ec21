"""The page of the installation's health: what was found, what runs by the clock, and looking again."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from data_access import schedule
from data_access.errors import StoreUnavailable
from data_access.operations.runs import recorded
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import examining, guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN

BEGIN = examining.begin
WELL = {"name": "disk", "ok": True, "message": "56 GiB free", "area": "Machine"}
KEYS = {"name": "keys", "ok": True, "message": "all rows are there", "area": "Data"}
WRONG = {"name": "sync of Shop", "ok": False, "message": "Never synced: promolens sync", "area": "Klaviyo"}
TABLES = [
    {"store": "database", "table": "klaviyo_events", "rows": 80_493, "bytes": 2_936_012, "index_bytes": 0},
    {"store": "database", "table": "klaviyo_orders", "rows": 5_396, "bytes": 786_432, "index_bytes": 0},
]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[str, str]]]:
    """Looks that the page begins, instead of doing them."""
    begun: list[list[tuple[str, str]]] = []
    monkeypatch.setattr(examining, "begin", lambda _view, wanted: begun.append(list(wanted)))
    examining._begun.clear()
    return begun


def looked(stores: Stores, work: str, result: dict[str, Any], minutes_ago: float = 1, account: str = "") -> None:
    """As if a piece of work had ended with that result."""
    ended = SEEN - timedelta(minutes=minutes_ago)
    with stores.operational.write() as session:
        schedule.register(session, account, work, ended)
    with stores.operational.read() as session:
        row = schedule.known_work(session)[account, work]
    assert schedule.claim(
        stores.operational, row, slot=ended, owner="o", now=ended, lease=timedelta(minutes=1), failures=0
    )
    failed = result.get("failed", 0)
    schedule.finish(
        stores.operational, row, owner="o", state="failed" if failed else "done", now=ended, failures=failed,
        retry_at=SEEN + timedelta(minutes=8) if failed else None, message=result.get("message", "Well."), result=result,
    )  # fmt: skip


@pytest.fixture
def examined(connected: Stores) -> Stores:
    looked(connected, "checks", {"checks": [WELL, WRONG], "figures": {"disk_free": 60 * 2**30, "spool": 0}})
    looked(
        connected, "examination",
        {"checks": [KEYS], "tables": TABLES, "figures": {"database_bytes": 4 * 2**20}},
        minutes_ago=480,
    )  # fmt: skip
    return connected


def cards(app: Any) -> dict[str, str]:
    return {card.label: card.value for card in app.metric}


def frame(app: Any, column: str) -> Any:
    return next(found for found in app.dataframe if column in found.value.columns).value


@both_stacks
def test_trouble_stands_first_and_says_what_to_do(
    examined: Stores, open_page: Open, quiet: list[list[tuple[str, str]]]
) -> None:
    app = open_page("health")
    assert not app.exception
    assert [error.value for error in app.error] == ["**Sync of Shop**: Never synced: promolens sync"]
    said = texts(app)
    assert "1 of 3 checks found something to do, in Klaviyo." in said
    assert "looked at 1 min ago · databases examined 8 h ago" in said
    assert cards(app)["Trouble"] == "1"
    assert (cards(app)["Space taken"], cards(app)["Space free"]) == ("4.0 MiB", "60.0 GiB")
    assert list(frame(app, "found")["check"]) == ["Keys", "Disk"]
    assert quiet == []


def test_all_well_is_one_sentence(connected: Stores, open_page: Open) -> None:
    looked(connected, "checks", {"checks": [WELL]})
    looked(connected, "examination", {"checks": [WELL | {"name": "keys"}]})
    app = open_page("health")
    assert "All 2 checks are well: nothing needs you." in texts(app)
    assert not app.error


def test_what_was_never_looked_at_is_looked_at_now(
    connected: Stores, open_page: Open, quiet: list[list[tuple[str, str]]]
) -> None:
    app = open_page("health")
    assert not app.exception
    assert "Nothing was looked at yet" in texts(app)
    assert quiet == [[("checks", ""), ("examination", "")]]
    assert app.button(key="look_again").disabled


def test_an_old_look_is_repeated_beside_the_page(
    examined: Stores, open_page: Open, quiet: list[list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining.clock, "now", lambda: SEEN + timedelta(minutes=5))
    app = open_page("health")
    assert quiet == [[("checks", "")]]
    assert "1 of 3 checks" in texts(app)


def test_an_admin_may_have_everything_looked_at_again(
    examined: Stores, open_page: Open, quiet: list[list[tuple[str, str]]]
) -> None:
    app = open_page("health").button(key="look_again").click().run()
    assert not app.exception
    assert quiet == [[("checks", ""), ("examination", "")]]


@both_stacks
def test_work_by_the_clock_stands_with_its_rhythm_and_failures(examined: Stores, open_page: Open) -> None:
    looked(examined, "refresh", {"failed": 3, "message": "The disk is full."}, account=ACCOUNT)
    app = open_page("health")
    work = frame(app, "rhythm").set_index("what")
    assert work.loc["Compute all figures anew", "rhythm"] == "daily at 03:00, Europe/Berlin"
    assert work.loc["Back up both stores", "rhythm"] == "daily at 02:00, UTC"
    assert work.loc["Bring daily figures up to date", "rhythm"] == "every 15 min"
    assert work.loc["Compute all figures anew", "message"] == "The disk is full."
    assert work.loc["Compute all figures anew", "failures"] == 3
    assert work.loc["Back up both stores", "state"] == "Waiting"
    assert cards(app)["Work that fails"] == "1"


def test_a_piece_of_work_can_be_done_now(examined: Stores, open_page: Open, quiet: list[list[tuple[str, str]]]) -> None:
    app = open_page("health")
    app.selectbox(key="do_now_work").select("Back up both stores · everything").run()
    app.button(key="do_now_start").click().run()
    assert quiet == [[("backup", "")]]


def test_the_last_operations_are_shown(examined: Stores, open_page: Open) -> None:
    with recorded(examined.operational, "backup", by="schedule"):
        pass
    app = open_page("health")
    assert list(frame(app, "by")["what"]) == ["Backup"]
    assert cards(app)["Last backup"] != "none yet"


def test_others_than_admins_see_nothing_of_it(
    examined: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda *_: granted("eve", [ACCOUNT], [Right.VIEW, Right.EXPORT]))
    app = open_page("health")
    assert "No access" in texts(app)
    assert not app.metric
    assert not app.dataframe


def test_a_database_in_trouble_is_said_in_a_sentence(
    examined: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_args: Any) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(examining, "health", silent)
    app = open_page("health")
    assert not app.exception
    assert "The database does not answer" in texts(app)


@both_stacks
def test_the_real_look_ends_with_its_findings(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "begin", BEGIN)
    begun = open_page("health")
    assert not begun.exception
    for thread in threading.enumerate():
        if thread.name == "work-now":
            thread.join(60)
    with connected.operational.read() as session:
        found = schedule.last_found(session, "", "checks")
    assert found is not None
    assert {check["name"] for check in found.result["checks"]} >= {"disk", "schema", "schedule"}


def test_what_a_check_has_said_is_not_said_again(connected: Stores, open_page: Open) -> None:
    looked(connected, "checks", {"checks": [WRONG | {"message": "failed: The key was refused."}]})
    looked(connected, "examination", {"checks": [KEYS]})
    looked(connected, "refresh", {"failed": 1, "message": "The disk is full."}, account=ACCOUNT)
    looked(connected, "aggregates", {"failed": 2, "message": "The key was refused."}, account=ACCOUNT)
    app = open_page("health")
    assert [warning.value for warning in app.warning] == [
        "**Compute all figures anew** of Demo store failed once: The disk is full. Tried again today 13:08."
    ]
    assert "2 piece(s) of work failed and are tried again." in texts(app)
