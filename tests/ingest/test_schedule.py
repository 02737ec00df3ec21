"""What the clock has done: once a due moment, by whoever comes first, and again after a pause where it failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from data_access import schedule
from data_access.errors import StoreFull
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores, close_stores, open_stores
from ingest.schedule.context import Context, Outcome
from ingest.schedule.rhythm import Rhythm, UnreadableRhythm
from ingest.schedule.scheduler import Piece, Scheduler, WorkRunning, pause
from ingest.schedule.works import Kind, Work
from settings import Settings

QUARTER = Rhythm(every=timedelta(minutes=15))


class Clock:
    """A clock that a test sets."""

    def __init__(self, start: str) -> None:
        self.now = at(start)

    def __call__(self) -> datetime:
        return self.now

    def to(self, text: str) -> None:
        self.now = at(text)


class Doing:
    """A piece of work that notes for whom it was done, and ends as a test says."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.end: Callable[[], Outcome] = lambda: Outcome("done", "Well.")

    def __call__(self, context: Context) -> Outcome:
        self.done.append(context.account)
        return self.end()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def doing() -> Doing:
    return Doing()


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-21T12:07Z")


@pytest.fixture(params=["duckdb", "postgresql"])
def stores(request: pytest.FixtureRequest, stores: Stores, settings: Settings) -> Iterator[Stores]:
    """Empty, migrated stores whose operational part is on each engine; the schedule needs no other."""
    if request.param == "duckdb":
        yield stores
        return
    own = settings.model_copy(update={"database_url": request.getfixturevalue("migrated_postgres_url")})
    opened = open_stores(own)
    yield opened
    close_stores(opened)


@pytest.fixture
def make(stores: Stores, settings: Settings, clock: Clock, doing: Doing) -> Callable[..., Scheduler]:
    """A scheduler with one piece of work of the installation: `make(rhythm)`."""

    def made(rhythm: Rhythm = QUARTER, *, of_store: bool = False, **more: object) -> Scheduler:
        kinds = (Kind(Work.SYNC, "A test", rhythm, doing, of_store=of_store),)
        own = settings.model_copy(update=more)
        return Scheduler(own, local_admin("schedule"), lambda: stores, clock=clock, works=kinds)

    return made


def piece(scheduler: Scheduler) -> Piece:
    return scheduler.pieces()[0]


def test_what_is_new_waits_for_its_first_due_moment(make: Callable[..., Scheduler], clock: Clock, doing: Doing) -> None:
    scheduler = make()
    assert scheduler.run_due() == []
    assert piece(scheduler).next_at(clock.now) == at("2026-11-21T12:15Z")
    clock.to("2026-11-21T12:15Z")
    assert [done.outcome.state for done in scheduler.run_due()] == ["done"]
    assert scheduler.run_due() == []
    assert doing.done == [""]


def test_what_was_missed_is_done_once(make: Callable[..., Scheduler], clock: Clock, doing: Doing) -> None:
    make().run_due()
    clock.to("2026-11-24T09:00Z")
    later = make()
    assert len(later.run_due()) == 1
    assert later.run_due() == []
    assert piece(later).row.slot == at("2026-11-24T09:00Z")
    assert doing.done == [""]


def test_each_store_has_its_own_night(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    with stores.operational.write() as session:
        for account, zone in (("Ber111", "Europe/Berlin"), ("Nyc222", "America/New_York")):
            session.execute(
                "load/store_register", public_id=f"store_{account}", account=account, key="", name=account,
                timezone=zone, currency="EUR", locale="", country="", website_url="",
            )  # fmt: skip
    clock.to("2026-11-21T01:00Z")
    scheduler = make(Rhythm(at=time(3)), of_store=True)
    scheduler.run_due()
    clock.to("2026-11-21T02:00Z")  # 03:00 in Berlin
    scheduler.run_due()
    assert doing.done == ["Ber111"]
    clock.to("2026-11-21T08:00Z")  # 03:00 in New York
    scheduler.run_due()
    assert doing.done == ["Ber111", "Nyc222"]


def test_a_failure_is_shown_and_tried_again_after_a_pause_that_doubles(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    scheduler.run_due()
    doing.end = lambda: Outcome("failed", "Klaviyo does not answer.")
    clock.to("2026-11-21T12:15Z")
    scheduler.run_due()
    row = piece(scheduler).row
    assert (row.state, row.failures, row.message) == ("failed", 1, "Klaviyo does not answer.")
    assert row.retry_at == at("2026-11-21T12:17Z")
    clock.to("2026-11-21T12:16Z")
    assert scheduler.run_due() == []
    clock.to("2026-11-21T12:17Z")
    scheduler.run_due()
    assert piece(scheduler).row.retry_at == at("2026-11-21T12:21Z")
    doing.end = lambda: Outcome("done", "Well.")
    clock.to("2026-11-21T12:21Z")
    scheduler.run_due()
    row = piece(scheduler).row
    assert (row.state, row.failures, row.retry_at, row.succeeded_at) == ("done", 0, None, at("2026-11-21T12:21Z"))


def test_pauses_grow_to_an_hour() -> None:
    assert [pause(n).total_seconds() / 60 for n in (1, 2, 3, 4, 5, 6, 50)] == [2, 4, 8, 16, 32, 60, 60]


def test_an_error_of_any_kind_ends_the_row_and_nothing_else(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing
) -> None:
    def breaks() -> Outcome:
        raise ZeroDivisionError("a secret value")

    scheduler = make()
    scheduler.run_due()
    clock.to("2026-11-21T12:15Z")
    doing.end = breaks
    assert scheduler.run_due()[0].outcome.state == "failed"
    said = piece(scheduler).row.message or ""
    assert "ZeroDivisionError" in said
    assert "secret" not in said


def test_of_two_schedulers_at_once_one_does_it(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing, stores: Stores
) -> None:
    schedulers = [make() for _ in range(4)]
    schedulers[0].run_due()
    for round in range(1, 6):
        clock.now = at("2026-11-21T12:00Z") + round * timedelta(minutes=15)
        together = threading.Barrier(4)

        def compete(one: Scheduler, together: threading.Barrier = together) -> None:
            due = one.due()
            together.wait()
            one._do(due)

        threads = [threading.Thread(target=compete, args=(one,)) for one in schedulers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert doing.done == [""] * 5


def held_by(stores: Stores, owner: str, until: datetime) -> None:
    with stores.operational.write() as session:
        row = schedule.known_work(session)["", "sync"]
        session.execute(
            "schedule/claim", account="", work="sync", version=row.version, slot=row.slot, owner=owner, until=until,
            now=at("2026-11-21T12:15Z"), failures=row.failures,
        )  # fmt: skip


def test_a_living_lease_is_left_alone_and_a_dead_one_is_taken_over(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    scheduler.run_due()
    held_by(stores, "elsewhere:123:abc", at("2026-11-21T12:30:30Z"))
    clock.to("2026-11-21T12:30:29Z")
    assert scheduler.run_due() == []
    assert piece(scheduler).next_at(clock.now) is None
    clock.to("2026-11-21T12:30:30Z")
    assert [done.outcome.state for done in scheduler.run_due()] == ["done"]
    assert doing.done == [""]


def test_work_of_a_scheduler_of_this_process_that_ended_is_taken_over_at_once(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    scheduler.run_due()
    gone = schedule.new_owner()
    held_by(stores, gone, at("2026-11-21T23:00Z"))
    clock.to("2026-11-21T12:16Z")
    assert scheduler.run_due() == []
    schedule.let_go(gone)
    assert len(scheduler.run_due()) == 1


def test_work_that_kills_its_process_is_not_begun_for_ever(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    scheduler.run_due()
    with stores.operational.write() as session:
        row = schedule.known_work(session)["", "sync"]
        session.execute(
            "schedule/claim", account="", work="sync", version=row.version, slot=row.slot, owner="gone:1:a",
            until=at("2026-11-21T12:15:30Z"), now=at("2026-11-21T12:15Z"), failures=2,
        )  # fmt: skip
    clock.to("2026-11-21T12:22Z")
    assert scheduler.run_due() == []
    clock.to("2026-11-21T12:23Z")  # the pause after a third failure is eight minutes
    assert len(scheduler.run_due()) == 1


def test_whoever_was_taken_over_does_not_write_the_end(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    slow, quick = make(), make()
    slow.run_due()
    clock.to("2026-11-21T12:15Z")

    def ends_late() -> Outcome:
        held_by(stores, "elsewhere:9:z", at("2026-11-21T13:00Z"))
        return Outcome("failed", "Too late.")

    doing.end = ends_late
    slow.run_due()
    row = piece(quick).row
    assert (row.state, row.lease_owner, row.message) == ("running", "elsewhere:9:z", None)


def test_a_clock_that_was_wrong_once_holds_nothing_back(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing
) -> None:
    clock.to("2036-01-01T00:00Z")
    make().run_due()
    clock.to("2026-11-21T12:16Z")
    scheduler = make()
    assert len(scheduler.run_due()) == 1
    assert scheduler.run_due() == []


def test_a_small_step_back_does_nothing_twice(make: Callable[..., Scheduler], clock: Clock, doing: Doing) -> None:
    scheduler = make()
    scheduler.run_due()
    clock.to("2026-11-21T12:15:00Z")
    assert len(scheduler.run_due()) == 1
    clock.to("2026-11-21T12:14:58Z")
    assert scheduler.run_due() == []
    clock.to("2026-11-21T12:15:01Z")
    assert scheduler.run_due() == []


def test_a_stop_leaves_the_rest_for_later_and_gives_its_work_back(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    scheduler.run_due()
    clock.to("2026-11-21T12:15Z")

    def stops() -> Outcome:
        scheduler.stop(0)
        return Outcome("waiting", "Broken off.")

    doing.end = stops
    scheduler.run_due()
    assert scheduler.run_due() == []
    doing.end = lambda: Outcome("done", "Well.")
    assert len(make().run_due()) == 1
    assert doing.done == ["", ""]


def test_a_rhythm_can_be_changed_or_switched_off(make: Callable[..., Scheduler], clock: Clock, doing: Doing) -> None:
    make().run_due()
    clock.to("2026-11-21T12:15Z")
    assert make(schedule_rhythm="sync=1h").run_due() == []
    assert make(schedule_rhythm="sync=off").pieces() == []
    with pytest.raises(UnreadableRhythm, match="names no work"):
        make(schedule_rhythm="nosuch=1h")


def test_one_piece_can_be_done_now_but_not_twice_at_once(
    make: Callable[..., Scheduler], stores: Stores, clock: Clock, doing: Doing
) -> None:
    scheduler = make()
    assert scheduler.run(Work.SYNC).outcome.message == "Well."
    assert scheduler.run(Work.SYNC).outcome.message == "Well."
    held_by(stores, "elsewhere:123:abc", at("2026-11-21T13:00Z"))
    with pytest.raises(WorkRunning):
        scheduler.run(Work.SYNC)


def test_a_database_that_fails_in_between_is_told(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = make()
    scheduler.run_due()
    clock.to("2026-11-21T12:15Z")

    def full(*_args: object, **_more: object) -> None:
        raise StoreFull("The disk is full.")

    monkeypatch.setattr(schedule, "finish", full)
    assert scheduler.run_due()[0].outcome == Outcome("failed", "The disk is full.")


def test_only_an_admin_s_scope_keeps_a_schedule(stores: Stores, settings: Settings) -> None:
    with pytest.raises(NotPermitted):
        Scheduler(settings, granted("eve", [], [Right.VIEW]), lambda: stores)


def test_the_thread_does_what_is_due_and_ends(
    make: Callable[..., Scheduler], clock: Clock, doing: Doing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ingest.schedule.scheduler.LOOK_SECONDS", 0.01)
    scheduler = make()
    scheduler.run_due()
    clock.to("2026-11-21T12:15Z")
    did = threading.Event()

    def ends() -> Outcome:
        did.set()
        return Outcome("done", "Well.")

    doing.end = ends
    scheduler.start()
    assert did.wait(20)
    scheduler.stop()
    assert doing.done == [""]
    assert not scheduler._thread.is_alive() or scheduler._thread.join(5) is None
