"""The sync's progress and its end, as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from streamlit.testing.v1 import AppTest

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Row:
    kind: str = "sync"
    state: str = "done"
    resource: str | None = None
    progress: float | None = None
    counts: dict[str, float] = field(default_factory=dict)
    rejects: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str | None = None
    cancel_requested: bool = False
    created_at: datetime = NOW - timedelta(minutes=5)
    started_at: datetime | None = NOW - timedelta(minutes=5)
    finished_at: datetime | None = NOW - timedelta(minutes=3)


def _resting(run, now, may):  # its text alone becomes the script
    from components import sync_panel

    sync_panel.resting(run, now, may_sync=may, asked=lambda: None)


def _running(run, now):
    from components import sync_panel

    sync_panel.running(run, now, may_cancel=True)


def resting(run: Row | None, *, may: bool = True) -> AppTest:
    return AppTest.from_function(_resting, args=(run, NOW, may)).run()


def test_a_sync_that_went_well_says_how_much_and_how_long() -> None:
    app = resting(Row(counts={"events": 1234.0}, notes=["Reports wait for tomorrow's quota."]))
    assert [caption.value for caption in app.caption] == [
        "Sync done 3 min ago: 1,234 new events in 2 min 0 s.",
        "Reports wait for tomorrow's quota.",
    ]
    assert not app.error


def test_what_fetches_nothing_tells_of_no_events() -> None:
    said = [caption.value for caption in resting(Row(kind="aggregate", counts={"events": 0.0})).caption]
    assert said == ["Figures brought up to date 3 min ago, in 2 min 0 s."]


def test_one_event_is_one() -> None:
    said = [caption.value for caption in resting(Row(counts={"events": 1.0})).caption]
    assert said == ["Sync done 3 min ago: 1 new event in 2 min 0 s."]


def test_what_failed_is_said_once_and_what_it_means() -> None:
    reason = "Klaviyo refuses the key."
    app = resting(Row(state="failed", error=reason, notes=[f"fetch failed: {reason}"]))
    assert app.error[0].value == f"Sync failed 3 min ago. {reason} Figures show what was loaded before it."
    assert not app.caption
    assert not app.button(key="sync_now").disabled


def test_what_was_left_out_is_listed_with_its_place() -> None:
    app = resting(Row(counts={"rejected": 2}, rejects=[{"place": "event 7", "reason": "no value"}]))
    assert app.expander[0].label == "2 item(s) left out or repaired"
    assert [caption.value for caption in app.expander[0].caption] == ["event 7: no value", "The first 1 are listed."]


def test_without_the_right_the_button_rests() -> None:
    assert resting(None, may=False).button(key="sync_now").disabled


def test_progress_says_what_how_much_and_how_fast() -> None:
    run = Row(state="running", resource="events", progress=0.4, counts={"events": 5000, "events_per_second": 812.4})
    app = AppTest.from_function(_running, args=(run, NOW)).run()
    assert (app.get("progress")[0].value, app.get("progress")[0].text) == (40, "Fetching events …")
    assert app.caption[0].value == "5,000 events · 5 min 0 s · 812 a second"
    assert not app.button(key="sync_cancel").disabled


def test_a_cancelled_run_cannot_be_cancelled_twice() -> None:
    run = Row(state="running", cancel_requested=True)
    app = AppTest.from_function(_running, args=(run, NOW)).run()
    assert app.button(key="sync_cancel").disabled


def test_what_has_no_known_length_is_shown_as_running_and_a_computation_has_no_cancel() -> None:
    app = AppTest.from_function(_running, args=(Row(kind="recompute", state="running"), NOW)).run()
    status = app.get("status")[0]
    assert (status.label, status.state) == ("Computing the figures …", "running")
    assert [caption.value for caption in app.caption] == [
        "5 min 0 s",
        "Pages show the figures from before until it has ended.",
    ]
    assert not app.button


def test_a_computation_that_went_well_says_so_without_events() -> None:
    said = [caption.value for caption in resting(Row(kind="recompute", counts={"events": 0})).caption]
    assert said == ["Figures computed anew 3 min ago, in 2 min 0 s."]


def test_upkeep_is_named_and_has_no_cancel() -> None:
    app = AppTest.from_function(_running, args=(Row(kind="retention", state="running", resource="old rows"), NOW)).run()
    assert not app.button
    assert any("A sync can be started when it has ended" in caption.value for caption in app.caption)
