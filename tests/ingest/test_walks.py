"""Which events a run asks for: what is new, what may have been attributed since, and metrics chosen later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from data_access.secrets import encrypt
from data_access.stores import close_stores
from demo.emulator import running_emulator
from ingest.fetch.events import days_by_metric
from ingest.state import AccountState, KnownCursor, build_plan
from settings import Settings
from tests.ingest.chunks import events
from tests.ingest.synced import NOW, new_stores, one, registered_account, rows, settings_for, sync

AGO = timedelta(days=14)


@pytest.mark.parametrize(
    ("gap", "lookback_hours", "attribution_days", "expected"),
    [
        (timedelta(minutes=15), 24, 7, timedelta(days=7, minutes=15)),
        (timedelta(days=14), 24, 7, timedelta(days=21)),
        (timedelta(days=14), 240, 7, timedelta(days=24)),
        # A clock that was ahead when the last walk ended.
        (timedelta(hours=-2), 24, 7, timedelta(days=7)),
    ],
)
def test_what_was_young_at_the_last_walk_is_read_again_however_long_ago(
    tmp_path: Path, gap: timedelta, lookback_hours: int, attribution_days: int, expected: timedelta
) -> None:
    settings = Settings(data_dir=tmp_path, sync_lookback_hours=lookback_hours, sync_attribution_days=attribution_days)
    state = AccountState(
        account="A",
        name="A",
        timezone="UTC",
        api_key_encrypted=encrypt(settings, "pk_x"),
        cursors={"events": {"": KnownCursor({"metrics": ["*"]}, NOW - gap)}},
    )
    plan, _ = build_plan(settings, state, job="j", now=NOW, only=["events"])
    assert [NOW - walk.start for walk in plan.walks if walk.start] == [expected]


def test_attribution_that_settled_during_a_gap_is_read(tmp_path: Path) -> None:
    with running_emulator(events=20_000, seed=5, now=NOW - AGO, faults={"unsettled_days": 4}) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        sync(stores, settings, account, at=NOW - AGO)
        emulator.set_now(NOW)
        emulator.set_faults(unsettled_days=0)
        sync(stores, settings, account, only=["metrics", "events", "campaigns", "flows"])
        gathered = one(stores, "SELECT count(*) FROM klaviyo_attributions")
        sync(stores, settings, account, full=True, only=["events"])
        assert one(stores, "SELECT count(*) FROM klaviyo_attributions") == gathered
        close_stores(stores)


def test_events_are_counted_by_metric_and_utc_day() -> None:
    late = events(("a", NOW), ("b", NOW), ("c", NOW + timedelta(hours=12)), metric="m")
    early = events(("d", NOW - timedelta(microseconds=1)), metric="n")
    found = days_by_metric(pa.concat_tables([late, early]))
    assert found == {("m", "2026-11-01"): 2, ("m", "2026-11-02"): 1, ("n", "2026-11-01"): 1}
    assert days_by_metric(events()) == {}


def test_a_metric_that_is_chosen_later_is_read_from_the_start(tmp_path: Path) -> None:
    def events_by_metric() -> dict[str, int]:
        return dict(
            rows(
                stores,
                "SELECT lower(m.name), count(*) FROM klaviyo_events e JOIN klaviyo_metrics m ON m.id = e.metric_id "
                "GROUP BY 1",
            )
        )

    with running_emulator(events=3_000, seed=5, now=NOW) as emulator:
        everything = settings_for(emulator, tmp_path / "data")
        stores = new_stores(everything)
        account = registered_account(stores, everything, emulator.api_key)
        only = ["metrics", "events"]

        def synced(names: str) -> dict[str, int]:
            done = sync(stores, everything.model_copy(update={"sync_metrics": names}), account, only=only)
            assert done.state == "done", done.error
            return events_by_metric()

        few = synced("Placed Order")
        assert set(few) == {"placed order"}
        more = synced("Placed Order, Refunded Order")
        assert set(more) == {"placed order", "refunded order"}
        asked = emulator.requests["get_events"]
        assert synced("Placed Order, Refunded Order") == more
        assert emulator.requests["get_events"] - asked <= 4
        # Nothing is asked for again of what was read, whatever comes and goes.
        assert synced("No Such Metric") == more
        all_of_them = synced("")
        assert one(stores, "SELECT count(*) FROM klaviyo_events") == sum(all_of_them.values())
        assert len(all_of_them) > 10
        assert {name: all_of_them[name] for name in more} == more
        asked = emulator.requests["get_events"]
        assert synced("") == all_of_them
        assert emulator.requests["get_events"] - asked <= 4
        sync(stores, everything, account, full=True, only=only)
        assert events_by_metric() == all_of_them
        close_stores(stores)
