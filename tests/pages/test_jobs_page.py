"""The page of runs, on runs that a person can count."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from data_access.jobs import one_job
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, insert, store, version

REJECT = {"place": "/api/events e7", "reason": "has no time"}


def ran(id: str, hours_ago: float, seconds: float | None, state: str = "done", **more: Any) -> dict[str, Any]:
    began = SEEN - timedelta(hours=hours_ago)
    counts = {"events": more.pop("events", 0), "requests": 7, "rejected": len(more.get("rejects", []))}
    row = {
        "job_id": id, "klaviyo_public_id": ACCOUNT, "kind": "sync", "state": state, "started_by": "schedule",
        "counts": json.dumps(counts), "rejects": json.dumps(more.pop("rejects", [])),
        "notes": json.dumps(more.pop("notes", [])), "created_at": began, "started_at": began, "error": None,
        "finished_at": None if seconds is None else began + timedelta(seconds=seconds),
    }  # fmt: skip
    return row | more


def cards(app: Any) -> dict[str, str]:
    return {card.label: card.value for card in app.metric}


def table(app: Any) -> Any:
    return next(frame for frame in app.dataframe if "outcome" in frame.value.columns).value


@pytest.fixture
def runs(connected: Stores) -> Stores:
    """Four runs of the last seven days, one from ten days ago, one of another store."""
    insert(
        connected, "sync_jobs",
        ran("a", 1, 10, events=30),
        ran("b", 2, 20, events=60, rejects=[REJECT], notes=["Look here."]),
        ran("c", 26, 30, "failed", error="Klaviyo refused the key."),
        ran("d", 50, 5, "cancelled", kind="load"),
        ran("old", 240, 8, events=10),
        ran("theirs", 1, 99, klaviyo_public_id="Other1"),
    )  # fmt: skip
    return connected


@both_stacks
def test_the_cards_count_the_runs_of_the_period(runs: Stores, open_page: Open) -> None:
    app = open_page("jobs", period="7 d")
    assert not app.exception
    assert cards(app) == {
        "Runs": "4", "Ended well": "75.0 %", "New events": "90", "Usual length": "15 s", "Events a second": "3",
        "Left out or repaired": "1",
    }  # fmt: skip
    said = texts(app)
    assert "1 of 4 runs failed, the last one 20 Nov 2026 11:00: Klaviyo refused the key; the newest ended" in said
    assert "with 30 new events." in said
    assert "15–21 Nov 2026 against 8–14 Nov 2026" in said


def test_the_table_holds_every_run_newest_first(runs: Stores, open_page: Open) -> None:
    found = table(open_page("jobs", period="7 d"))
    assert list(found["outcome"]) == ["✓ Done", "✓ Done", "✗ Failed", "– Cancelled"]
    assert list(found["what"]) == ["Sync", "Sync", "Sync", "Load of what was fetched"]
    assert f"{found['started'].iloc[0]:%d %b %H:%M}" == "21 Nov 12:00"  # 11:00 UTC in Berlin
    assert list(found["rejected"]) == [0, 1, 0, 0]


def test_filters_stand_in_the_address(runs: Stores, open_page: Open) -> None:
    app = open_page("jobs", period="7 d", outcome="Failed")
    assert list(table(app)["outcome"]) == ["✗ Failed"]
    assert cards(app)["Runs"] == "1"
    nothing = open_page("jobs", period="7 d", outcome="Failed", what="Computation")
    assert "No runs in these days" in texts(nothing)


@both_stacks
def test_a_run_is_opened_by_its_address(runs: Stores, open_page: Open) -> None:
    app = open_page("jobs", period="7 d", job="b")
    said = texts(app)
    assert "Sync of today 11:00" in said
    assert "Look here." in said
    rejects = next(frame for frame in app.dataframe if "reason" in frame.value.columns).value
    assert rejects.to_dict("records") == [REJECT]
    closed = app.button(key="job_close").click().run()
    assert "Sync of today 11:00" not in texts(closed)


def test_another_store_s_run_is_not_opened(runs: Stores, open_page: Open) -> None:
    app = open_page("jobs", period="7 d", job="theirs")
    assert "a run that this store does not have" in texts(app)
    assert not app.exception


def test_a_load_of_old_orders_is_among_the_runs_of_today(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store(status="files"))
    insert(stores, "data_versions", version(as_of=SEEN - timedelta(days=40)))
    insert(stores, "sync_jobs", ran("a", 1, 10, kind="orders"))
    app = open_page("jobs", period="7 d")
    said = texts(app)
    assert "Demo store · 15–21 Nov 2026" in said
    # Files bring orders, no events.
    assert "new events" not in said
    assert cards(app)["Runs"] == "1"
    # Days picked by hand may lie after the last order, too.
    app = open_page("jobs", **{"period": "Custom", "from": "2026-11-20", "to": "2026-11-21"})
    assert "Demo store · 20–21 Nov 2026" in texts(app)
    assert cards(app)["Runs"] == "1"


@pytest.mark.parametrize("page", ["jobs", "cohorts", "rfm", "products", "basket"])
def test_a_store_of_files_is_told_to_load_one(stores: Stores, open_page: Open, page: str) -> None:
    insert(stores, "stores", store(status="files"))
    said = texts(open_page(page))
    assert "promolens load-orders" in said
    assert "Sync now" not in said


def test_a_store_that_was_never_synced_says_what_to_do(connected: Stores, open_page: Open) -> None:
    app = open_page("jobs")
    assert "No runs yet" in texts(app)
    assert not app.metric


@both_stacks
def test_a_run_under_way_is_followed_and_can_be_cancelled(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(
        connected, "sync_jobs",
        ran("now", 0.01, None, "running", events=12, lease_owner="elsewhere:1", lease_until=datetime.max.replace(
            year=2126, tzinfo=SEEN.tzinfo), resource="events", progress=0.5),
    )  # fmt: skip
    app = open_page("jobs")
    assert not app.exception
    assert list(table(app)["outcome"]) == ["… Running"]
    app.button(key="job_cancel").click().run()
    with connected.operational.read() as session:
        job = one_job(session, "now")
    assert job is not None
    assert job.cancel_requested


def test_who_may_only_look_cannot_cancel_or_export(
    runs: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(runs, "sync_jobs", ran("now", 0.01, None, "running", lease_owner="elsewhere:1",
                                  lease_until=datetime.max.replace(year=2126, tzinfo=SEEN.tzinfo)))  # fmt: skip
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    app = open_page("jobs", period="7 d")
    assert not app.exception
    assert app.button(key="job_cancel").disabled
    assert not [button for button in app.get("download_button") if "export" in str(button)]


def test_where_files_lie_on_the_server_is_told_to_admins_alone(
    runs: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "The rejected lines cannot be written to /srv/shop/data/rejects/w.csv: read-only. Since 21/11/2026, see a/b."
    note = "duckdb:////srv/shop/data/promolens.duckdb answers"
    insert(runs, "sync_jobs", ran("path", 1, 3, "failed", error=said, notes=[note]))
    admins = texts(open_page("jobs", period="7 d", job="path"))
    assert said in admins
    assert note in admins
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    others = open_page("jobs", period="7 d", job="path")
    assert said.replace("/srv/shop/data/rejects/w.csv", "w.csv") in texts(others)
    assert "promolens.duckdb answers" in texts(others)
    assert "/srv/" not in texts(others)
    assert not [error for error in table(others)["error"] if "/srv/" in error]


def test_whose_store_it_is_not_sees_nothing(runs: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", ["Other1"], [Right.VIEW]))
    app = open_page("jobs")
    assert not app.metric
    assert "Klaviyo refused the key" not in texts(app)


def test_every_chart_says_what_it_shows(runs: Stores, open_page: Open) -> None:
    app = open_page("jobs", period="7 d")
    alts = [chart.proto.alt if hasattr(chart.proto, "alt") else "" for chart in app.get("plotly_chart")]
    assert len(alts) == 3
    assert "2 done, 1 cancelled, 1 failed" in alts[0]


def loaded(id: str, began: datetime, records: int) -> dict[str, Any]:
    return {
        "job_id": id, "status": "completed", "files_queued": 1, "files_processed": 1, "records_processed": records,
        "errors": 0, "started_by": "ann", "created_at": began, "started_at": began, "completed_at": began,
    }  # fmt: skip


def test_loads_of_workbooks_stand_beside_the_runs(runs: Stores, open_page: Open) -> None:
    assert "Loads of workbooks" not in texts(open_page("jobs", period="7 d"))
    insert(runs, "data_processing_jobs", loaded("n", SEEN - timedelta(hours=3), 120))
    insert(runs, "data_processing_jobs", loaded("o", SEEN - timedelta(days=20), 7))
    app = open_page("jobs", period="7 d")
    found = next(frame.value for frame in app.dataframe if "Took" in frame.value.columns)
    assert (list(found["Rows"]), list(found["By"])) == ([120], ["ann"])
    # They are in none of the store's figures.
    assert cards(app)["Runs"] == "4"


def test_loads_of_workbooks_are_seen_by_those_who_may(
    runs: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(runs, "data_processing_jobs", loaded("n", SEEN - timedelta(hours=3), 120))
    monkeypatch.setattr(guard, "local_admin", lambda: granted("ben", [ACCOUNT], [Right.VIEW]))
    app = open_page("jobs", period="7 d")
    assert not app.exception
    assert cards(app)["Runs"] == "4"
    assert "Loads of workbooks" not in texts(app)
