"""A sync on a bad line: what Klaviyo refuses, delays, cuts or answers wrong."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator, running_emulator
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import read_page
from ingest.klaviyo.client import Connection, KlaviyoClient
from ingest.klaviyo.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DailyQuotaReached,
    NotFound,
    RequestRefused,
    ServerFailed,
)
from settings import Settings
from tests.ingest.synced import NOW, fingerprint, new_stores, one, registered_account, rows, settings_for, sync


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """The tables of a sync on which nothing went wrong."""
    with running_emulator(events=3_000, seed=5, now=NOW) as emulator:
        settings = settings_for(emulator, tmp_path_factory.mktemp("undisturbed"))
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        assert sync(stores, settings, account).state == "done"
        found = fingerprint(stores)
        close_stores(stores)
    return found


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(events=3_000, seed=5, now=NOW) as running:
        yield running


@pytest.fixture
def store_of(emulator: RunningEmulator, tmp_path: Path) -> Iterator[tuple[Stores, Settings, str]]:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    yield stores, settings, registered_account(stores, settings, emulator.api_key)
    close_stores(stores)


Ready = tuple[Stores, Settings, str]


@pytest.mark.parametrize(
    "faults",
    [
        {"burst_429": "6:1"},
        {"error_5xx": "3"},
        {"error_500": "2@events"},
        {"cut": "4"},
        {"burst_429": "2:1", "error_5xx": "2", "cut": "2@events"},
    ],
    ids=lambda found: "+".join(found),
)
def test_what_passes_changes_nothing(
    emulator: RunningEmulator, store_of: Ready, undisturbed: dict[str, tuple[int, str]], faults: dict[str, Any]
) -> None:
    stores, settings, account = store_of
    emulator.set_faults(**faults)
    summary = sync(stores, settings, account)
    assert (summary.state, summary.error) == ("done", None)
    assert fingerprint(stores) == undisturbed


def test_a_daily_quota_puts_its_resource_off_and_the_rest_goes_on(
    emulator: RunningEmulator, store_of: Ready, undisturbed: dict[str, tuple[int, str]]
) -> None:
    stores, settings, account = store_of
    emulator.set_faults(daily_429="/api/flow-series-reports,/api/tags")
    summary = sync(stores, settings, account)
    assert summary.state == "done"
    assert any("flow_series" in note and "quota" in note for note in summary.notes)
    found = fingerprint(stores)
    assert "flow_statistics" not in found
    assert found["klaviyo_events"] == undisturbed["klaviyo_events"]
    assert found["form_statistics"] == undisturbed["form_statistics"]
    asked = dict(emulator.requests)
    again = sync(stores, settings, account)
    # Not asked again before the time that Klaviyo named.
    assert emulator.requests["query_flow_series"] == asked["query_flow_series"]
    assert emulator.requests["get_tags"] == asked["get_tags"]
    assert any("tags" in note for note in again.notes)


def test_a_resource_that_stays_broken_fails_alone(
    emulator: RunningEmulator, store_of: Ready, undisturbed: dict[str, tuple[int, str]]
) -> None:
    stores, settings, account = store_of
    emulator.set_faults(error_5xx="1000@/api/segments")
    summary = sync(stores, settings, account, only=["events", "metrics", "segments", "lists"])
    assert summary.failed
    assert "segments" in (summary.error or "")
    found = fingerprint(stores)
    assert found["klaviyo_events"] == undisturbed["klaviyo_events"]
    assert found["klaviyo_lists"] == undisturbed["klaviyo_lists"]
    emulator.set_faults(error_5xx="")
    assert sync(stores, settings, account).state == "done"
    assert fingerprint(stores) == undisturbed


def test_late_events_come_with_the_next_run(
    emulator: RunningEmulator, store_of: Ready, undisturbed: dict[str, tuple[int, str]]
) -> None:
    stores, settings, account = store_of
    emulator.set_faults(late_events="0.5:5")
    sync(stores, settings, account)
    assert one(stores, "SELECT count(*) FROM klaviyo_events") < undisturbed["klaviyo_events"][0]
    emulator.set_faults(late_events="")
    assert sync(stores, settings, account).counts["events"] > 0
    found = fingerprint(stores)
    for table in ("klaviyo_events", "klaviyo_orders", "account_metrics_daily", "fact_revenue"):
        assert found[table] == undisturbed[table], table


def test_a_resource_without_its_scope_is_named_with_what_to_do_and_the_rest_goes_on(
    emulator: RunningEmulator, store_of: Ready, undisturbed: dict[str, tuple[int, str]]
) -> None:
    stores, settings, account = store_of
    emulator.set_faults(forbidden="/api/forms,/api/flow-series-reports")
    summary = sync(stores, settings, account)
    assert summary.state == "done"
    told = [note for note in summary.notes if "left out" in note]
    assert sorted(note.split()[0] for note in told) == ["flow_series", "forms"]
    assert all("403" in note and "read access" in note for note in told)
    assert any("forms:read" in note for note in told)
    found = fingerprint(stores)
    assert "klaviyo_forms" not in found
    for table in ("klaviyo_events", "klaviyo_orders", "klaviyo_flows", "campaign_statistics"):
        assert found[table] == undisturbed[table], table
    emulator.set_faults(forbidden="")
    assert sync(stores, settings, account).state == "done"
    assert fingerprint(stores)["klaviyo_forms"] == undisturbed["klaviyo_forms"]


def test_every_refund_that_cannot_be_taken_is_told_with_its_event_and_reason(tmp_path: Path) -> None:
    with running_emulator(events=12_000, seed=5, now=NOW, faults={"negative_refund": 1}) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        sync(stores, settings, account, only=["metrics", "events"])
    negative = rows(
        stores,
        """SELECT e.id, m.name, 'event_properties.$value: a negative amount (' || e.value || ')'
        FROM klaviyo_events AS e JOIN klaviyo_metrics AS m ON m.id = e.metric_id WHERE e.value < 0 ORDER BY e.id""",
    )
    assert negative
    told = rows(stores, "SELECT event_id, metric_name, reason FROM projection_rejects ORDER BY event_id")
    assert told == negative
    close_stores(stores)


def ask(base_url: str, key: str = "pk_demo1_x", **more: Any) -> Any:
    async def run() -> Any:
        async with KlaviyoClient(Connection(api_key=key, base_url=base_url, retries=2, pause=0.01)) as client:
            return await client.get(endpoints.METRICS, read_page, **more)

    return asyncio.run(run())


def test_errors_have_types_and_never_the_key(emulator: RunningEmulator) -> None:
    for key in ("secret_key_0123456789", "", "pk_secret_key\nwith a second line"):
        with pytest.raises(AuthenticationFailed) as refused:
            ask(emulator.base_url, key)
        assert "secret_key" not in refused.value.told()
    emulator.set_faults(error_5xx="50")
    with pytest.raises(ServerFailed):
        ask(emulator.base_url)
    emulator.set_faults(error_5xx="", daily_429="/api/metrics")
    with pytest.raises(DailyQuotaReached) as quota:
        ask(emulator.base_url)
    assert quota.value.retry_after == 72_000
    emulator.set_faults(daily_429="", cut="50")
    with pytest.raises(ConnectionFailed):
        ask(emulator.base_url)
    emulator.set_faults(cut="")
    with pytest.raises(RequestRefused):
        ask(emulator.base_url, params={"filter": "nonsense(("})
    with pytest.raises(NotFound):
        ask(emulator.base_url, link="https://elsewhere.example/api/flows/NOPE/flow-actions")


def test_the_key_never_follows_a_link_to_another_host(emulator: RunningEmulator) -> None:
    answer = ask(emulator.base_url, link="https://elsewhere.example/api/metrics")
    assert answer.page.data
    assert repr(Connection(api_key="pk_demo1_secret")).count("secret") == 0


def test_no_answer_stays_in_memory_once_it_is_read(emulator: RunningEmulator) -> None:
    async def bodies() -> int:
        async with KlaviyoClient(Connection(api_key="pk_demo1_x", base_url=emulator.base_url)) as client:
            for _ in range(5):
                await client.get(endpoints.METRICS, read_page)
            return sum(isinstance(found, httpx.Response) for found in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(bodies()) == 0
    finally:
        gc.enable()


def test_an_unreachable_address_fails_with_advice() -> None:
    with pytest.raises(ConnectionFailed) as failed:
        ask("http://127.0.0.1:9")
    assert "network" in failed.value.told()
