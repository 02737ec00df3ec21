"""Snapshots of picked segments, once a week; predictions of profiles, with and without Klaviyo's service for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator, running_emulator
from tests.ingest.synced import NOW, new_stores, one, registered_account, rows, settings_for, sync

SNAPSHOTS = "SELECT DISTINCT segment_id, CAST(snapshot_date AS VARCHAR) FROM segment_memberships ORDER BY ALL"


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(events=3_000, seed=5, now=NOW) as running:
        yield running


def told(emulator: RunningEmulator, path: str) -> list[dict[str, str]]:
    """All resources of a list, as Klaviyo tells them."""
    found: list[dict[str, str]] = []
    headers = {"Authorization": f"Klaviyo-API-Key {emulator.api_key}", "revision": "2026-07-15"}
    address: str | None = emulator.base_url + path
    while address:
        page = httpx.get(address, headers=headers).raise_for_status().json()
        found += page["data"]
        link = page["links"]["next"]
        address = link and emulator.base_url + "/api/" + link.split("/api/", 1)[1]
    return found


def test_members_of_picked_segments_are_kept_once_a_week(emulator: RunningEmulator, tmp_path: Path) -> None:
    listed = told(emulator, "/api/segments")
    by_name, by_id = listed[0], listed[1]
    name = by_name["attributes"]["name"]  # type: ignore[index]
    settings = settings_for(emulator, tmp_path, sync_segments=f"{name.upper()}, {by_id['id']}, Nobody's segment")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    summary = sync(stores, settings, account, only=["segments", "memberships"])
    assert summary.state == "done"
    assert any("Nobody's segment" in note for note in summary.notes)
    for segment in (by_name["id"], by_id["id"]):
        members = told(emulator, f"/api/segments/{segment}/profiles?page[size]=100")
        kept = rows(
            stores,
            f"SELECT profile_id FROM segment_memberships WHERE segment_id = '{segment}' AND joined_at IS NOT NULL",
        )
        assert members
        assert sorted(id for (id,) in kept) == sorted(member["id"] for member in members)
    first = sorted((id, "2026-11-01") for id in (by_name["id"], by_id["id"]))
    assert rows(stores, SNAPSHOTS) == first

    asked = emulator.requests["get_profiles_for_segment"]
    assert sync(stores, settings, account, only=["memberships"]).state == "done"
    assert emulator.requests["get_profiles_for_segment"] == asked

    # 1 November 2026 is a Sunday: Monday is another week.
    assert sync(stores, settings, account, only=["memberships"], at=NOW + timedelta(days=1)).state == "done"
    assert rows(stores, SNAPSHOTS) == sorted([*first, *((id, "2026-11-02") for id, _ in first)])
    close_stores(stores)


def test_without_picked_segments_no_members_are_asked_for(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path)
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    assert sync(stores, settings, account, only=["segments", "memberships"]).state == "done"
    assert emulator.requests.get("get_profiles_for_segment", 0) == 0
    close_stores(stores)


def with_predictions(stores: Stores) -> int:
    number: int = one(
        stores,
        "SELECT count(*) FROM klaviyo_profiles WHERE json_extract(predictive_analytics, '$.total_clv') > 0",
    )
    return number


def test_predictions_are_read_and_a_failing_service_leaves_the_profiles_alone(
    emulator: RunningEmulator, tmp_path: Path
) -> None:
    emulator.set_faults(predictive_503=1)
    settings = settings_for(emulator, tmp_path)
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    summary = sync(stores, settings, account, only=["profiles"])
    assert summary.state == "done"
    assert any("without Klaviyo's predictions" in note for note in summary.notes)
    number = one(stores, "SELECT count(*) FROM klaviyo_profiles WHERE subscriptions IS NOT NULL")
    assert number == len(told(emulator, "/api/profiles?page[size]=100"))
    assert with_predictions(stores) == 0

    emulator.set_faults(predictive_503=0)
    assert sync(stores, settings, account, only=["profiles"], full=True).state == "done"
    assert one(stores, "SELECT count(*) FROM klaviyo_profiles WHERE subscriptions IS NOT NULL") == number
    assert with_predictions(stores) > 0

    plain = settings_for(emulator, tmp_path, sync_predictions=False)
    asked = emulator.requests["get_profiles"]
    assert sync(stores, plain, account, only=["profiles"], full=True).state == "done"
    assert emulator.requests["get_profiles"] > asked
    assert with_predictions(stores) > 0
    close_stores(stores)
