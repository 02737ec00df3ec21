"""Sizes of lists: one a list and day, asked for within what Klaviyo allows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from data_access.stores import close_stores
from demo.emulator import running_emulator
from ingest.fetch.list_sizes import MOST, due
from tests.ingest.synced import NOW, new_stores, registered_account, rows, settings_for, sync
from tests.ingest.test_memberships import told

SIZES = "SELECT list_id, CAST(date AS VARCHAR), members FROM list_sizes ORDER BY ALL"
BOTH = ["lists", "list_sizes"]


def test_lists_that_were_asked_longest_ago_come_first() -> None:
    days = {"today": "2026-11-02", "never": "", "yesterday": "2026-11-01", "long ago": "2026-09-30", "new": ""}
    assert due(days, "2026-11-02") == ["never", "new", "long ago", "yesterday"]
    assert due(days, "2026-11-02", most=3) == ["never", "new", "long ago"]
    # Klaviyo answers fifteen of them in a minute.
    assert len(due({str(number): "" for number in range(40)}, "2026-11-02")) == MOST == 15


def test_a_list_has_its_size_of_each_day_on_which_a_sync_ran(tmp_path: Path) -> None:
    with running_emulator(events=3_000, seed=5, now=NOW) as emulator:
        settings = settings_for(emulator, tmp_path)
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)

        def members(day: str) -> list[tuple[str, str, int]]:
            return sorted(
                (one["id"], day, len(told(emulator, f"/api/lists/{one['id']}/profiles?page[size]=100")))
                for one in told(emulator, "/api/lists")
            )

        assert sync(stores, settings, account, only=BOTH).state == "done"
        first = members("2026-11-01")
        assert rows(stores, SIZES) == first
        assert max(size for _, _, size in first) > 100

        # Once a day: what stands is not asked for again, unless everything is.
        asked = emulator.requests["get_list"]
        assert asked == len(first)
        assert sync(stores, settings, account, only=["list_sizes"]).state == "done"
        assert emulator.requests["get_list"] == asked
        assert sync(stores, settings, account, only=BOTH, full=True).state == "done"
        assert (emulator.requests["get_list"], rows(stores, SIZES)) == (2 * asked, first)

        tomorrow = NOW + timedelta(days=1)
        emulator.set_now(tomorrow)
        assert sync(stores, settings, account, only=["list_sizes"], at=tomorrow).state == "done"
        assert rows(stores, SIZES) == sorted([*first, *members("2026-11-02")])
        close_stores(stores)
