"""A sync through the front door: real emulator, real fetch process, real database."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from data_access import jobs
from data_access.errors import StoreBusy
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.secrets import encrypt
from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator, running_emulator
from ingest.accounts import remove_account
from ingest.errors import KeyRefused, UnknownAccount, UnknownResource
from ingest.runner import start_sync, sync_accounts
from ingest.state import state_path
from settings import Settings
from tests.ingest.synced import (
    NOW,
    fingerprint,
    new_stores,
    one,
    registered_account,
    rows,
    settings_for,
    sync,
)


def test_every_event_of_the_account_is_there_once(
    own_stores: Stores, own_settings: Settings, account: str, emulator: RunningEmulator
) -> None:
    summary = sync(own_stores, own_settings, account)
    assert (summary.state, summary.error, summary.rejects) == ("done", None, [])
    events, ids = rows(own_stores, "SELECT count(*), count(DISTINCT id) FROM klaviyo_events")[0]
    assert events == ids == summary.counts["events"]
    # The pace that is told divides: events by the time of the whole run.
    assert summary.counts["events_per_second"] == pytest.approx(events / summary.seconds, abs=0.1)
    assert summary.counts["committed_per_second"] >= summary.counts["events_per_second"]
    orders = emulator.ledger.account(0)["orders"]
    assert one(own_stores, "SELECT count(*) FROM klaviyo_orders") == len(orders)
    for table in ("campaigns", "campaign_messages", "flows", "flow_actions", "flow_messages", "lists", "segments",
                  "forms", "form_versions", "tags", "catalog_items", "catalog_variants", "metrics"):  # fmt: skip
        assert one(own_stores, f"SELECT count(*) FROM klaviyo_{table}") > 0, table
    for table in ("campaign", "campaign_message", "flow", "form", "form_version", "segment"):
        assert one(own_stores, f"SELECT count(*) FROM {table}_statistics") > 0, table


def test_archived_flows_are_there_with_their_messages(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account, only=["flows"])
    archived = dict(rows(own_stores, "SELECT archived, count(*) FROM klaviyo_flows GROUP BY 1"))
    assert archived[True] >= 1
    assert archived[False] > 1
    silent = "SELECT flow_id FROM klaviyo_flows ANTI JOIN klaviyo_flow_messages USING (flow_id) WHERE archived"
    assert rows(own_stores, silent) == []


def test_syncing_again_changes_no_table(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account)
    before = fingerprint(own_stores)
    written = one(own_stores, "SELECT max(ingest_seq) FROM klaviyo_events")
    versions = rows(own_stores, "SELECT dataset, version FROM data_versions WHERE dataset = 'orders'")
    again = sync(own_stores, own_settings, account)
    assert again.counts["events"] == 0
    assert fingerprint(own_stores) == before
    assert one(own_stores, "SELECT max(ingest_seq) FROM klaviyo_events") == written
    assert rows(own_stores, "SELECT dataset, version FROM data_versions WHERE dataset = 'orders'") == versions


def test_reading_everything_again_changes_no_table(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account)
    before = fingerprint(own_stores)
    again = sync(own_stores, own_settings, account, full=True)
    assert again.state == "done"
    assert again.counts["events_read"] == before["klaviyo_events"][0]
    assert fingerprint(own_stores) == before


def test_what_happened_since_is_fetched_and_nothing_else(tmp_path: Path) -> None:
    before = NOW - timedelta(days=3)
    with running_emulator(events=3_000, seed=5, now=before) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        sync(stores, settings, account, at=before)
        first = one(stores, "SELECT count(*) FROM klaviyo_events")
        asked = emulator.requests["get_events"]
        emulator.set_now(NOW)
        later = sync(stores, settings, account)
        assert later.counts["events"] > 0
        assert one(stores, "SELECT count(*) FROM klaviyo_events") == first + later.counts["events"]
        # The trailing week in one or two slices, not the two years before it.
        assert emulator.requests["get_events"] - asked <= 4
        assert one(stores, "SELECT count(*) FROM klaviyo_orders") == len(emulator.ledger.account(0)["orders"])
        close_stores(stores)


@pytest.mark.parametrize(
    "faults",
    [
        {"same_second": 3600},
        {"duplicates": 3},
        {"shuffle": 1},
        {"same_second": 86_400, "duplicates": 5, "shuffle": 1},
    ],
    ids=lambda found: "+".join(found),
)
def test_page_edges_and_repeats_lose_and_double_nothing(tmp_path: Path, faults: dict[str, Any]) -> None:
    with running_emulator(events=3_000, seed=5, now=NOW, faults=faults) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        summary = sync(stores, settings, account)
        assert summary.state == "done"
        events, ids = rows(stores, "SELECT count(*), count(DISTINCT id) FROM klaviyo_events")[0]
        truth = emulator.ledger.account(0)
        assert events == ids
        assert one(stores, "SELECT count(*) FROM klaviyo_orders") == len(truth["orders"])
        close_stores(stores)
    with running_emulator(events=3_000, seed=5, now=NOW) as plain:
        settings = settings_for(plain, tmp_path / "plain")
        stores = new_stores(settings)
        account = registered_account(stores, settings, plain.api_key)
        sync(stores, settings, account, only=["events"])
        assert one(stores, "SELECT count(*) FROM klaviyo_events") == events
        close_stores(stores)


def test_late_attribution_and_merged_profiles_are_put_right(tmp_path: Path) -> None:
    with running_emulator(events=20_000, seed=5, now=NOW, faults={"unsettled_days": 4}) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        sync(stores, settings, account)
        before = one(stores, "SELECT count(*) FROM klaviyo_attributions")
        emulator.set_faults(unsettled_days=0, merged_profiles=3)
        sync(stores, settings, account)
        assert one(stores, "SELECT count(*) FROM klaviyo_attributions") > before
        assert one(stores, "SELECT count(*) FROM klaviyo_profiles WHERE merged_into IS NOT NULL") > 0
        won = {
            o["order_id"] for o in emulator.ledger.account(0)["orders"] if o.get("channel") not in (None, "none", "")
        }
        if won:
            assert {row[0] for row in rows(stores, "SELECT order_id FROM order_attribution")} == won
        close_stores(stores)


def test_events_of_deleted_profiles_get_a_stub_and_huge_integers_stay_whole(tmp_path: Path) -> None:
    faults = {"deleted_profiles": 0.2, "big_ints": 1, "two_placed_orders": 1, "category_object": 1}
    with running_emulator(events=3_000, seed=5, now=NOW, faults=faults) as emulator:
        settings = settings_for(emulator, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        assert sync(stores, settings, account).state == "done"
        orphans = "SELECT count(*) FROM klaviyo_events e ANTI JOIN klaviyo_profiles p ON p.id = e.profile_id"
        assert one(stores, orphans) == 0
        assert one(stores, "SELECT count(*) FROM klaviyo_profiles WHERE is_stub") > 0
        digits = "regexp_extract(CAST(properties AS VARCHAR), '[:,]([0-9]{19,})', 1)"
        longest = f"SELECT max(length({digits})) FROM klaviyo_events"
        assert one(stores, longest) >= 20
        assert one(stores, "SELECT count(*) FROM klaviyo_metrics WHERE lower(name) = 'placed order'") == 2
        assert one(stores, "SELECT count(*) FROM klaviyo_metrics WHERE integration_category LIKE '%{%'") == 0
        close_stores(stores)


def test_events_are_kept_whole(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account, only=["events"])
    found = rows(
        own_stores,
        """SELECT id, CAST(json_extract(raw_data, '$.id') AS VARCHAR),
            json_type(raw_data, '$.attributes.event_properties'),
            json_type(properties) FROM klaviyo_events""",
    )
    assert found
    assert all((raw, kept, own) == (f'"{id}"', "NULL", "OBJECT") for id, raw, kept, own in found)


def test_only_chosen_metrics_are_walked(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path / "data", sync_metrics="placed order, Refunded Order")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    sync(stores, settings, account, only=["metrics", "events"])
    names = rows(
        stores, "SELECT DISTINCT m.name FROM klaviyo_events e JOIN klaviyo_metrics m ON m.id = e.metric_id ORDER BY 1"
    )
    assert names == [("Placed Order",), ("Refunded Order",)]
    close_stores(stores)


def test_progress_can_be_followed_and_a_run_cancelled(tmp_path: Path) -> None:
    with running_emulator(events=20_000, seed=5, now=NOW, latency=400) as emulator:
        settings = settings_for(emulator, tmp_path / "data", klaviyo_concurrency=1)
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        job_id = start_sync(stores, settings, account, only=["metrics", "events"], by="a test")
        with pytest.raises(jobs.JobRunning):
            start_sync(stores, settings, account)
        with pytest.raises(NotPermitted):
            jobs.request_cancel(stores.operational, granted("viewer", [account], [Right.VIEW]), account)
        wait_until(lambda: emulator.requests.get("get_events", 0) > 2)
        assert jobs.request_cancel(stores.operational, local_admin(), account)

        def ended() -> bool:
            with stores.operational.read() as session:
                job = jobs.one_job(session, job_id)
            assert job is not None
            return not job.running

        wait_until(ended)
        # The walk has 105 weeks, of which each is asked for at least once.
        asked = emulator.requests["get_events"]
        assert asked < 60
        with stores.operational.read() as session:
            job = jobs.latest_job(session, account)
        assert job is not None
        assert (job.state, job.started_by, job.lease_owner) == ("cancelled", "a test", None)
        assert emulator.requests["get_events"] == asked
        emulator.set_faults(latency=0)
        assert sync(stores, settings, account).state == "done"
        assert one(stores, "SELECT count(*) FROM klaviyo_orders") == len(emulator.ledger.account(0)["orders"])
        close_stores(stores)


def test_a_bad_key_fails_its_own_account_only(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    good = registered_account(stores, settings, emulator.api_key)
    bad = registered_account(stores, settings, emulator.second_api_key)
    with stores.operational.write() as session:
        token = encrypt(settings, "refused_key_1234567890")
        session.execute_text(f"UPDATE stores SET api_key_encrypted = '{token}' WHERE klaviyo_public_id = '{bad}'")
    found = {summary.account: summary for summary in sync_accounts(settings, only=["metrics", "tags"])}
    assert found[good].state == "done"
    assert found[bad].failed
    assert "private key" in (found[bad].error or "")
    assert "refused_key" not in str(found[bad].as_dict())
    with pytest.raises(KeyRefused):
        registered_account(stores, settings, "no_such_key")
    with pytest.raises(UnknownAccount):
        sync_accounts(settings, account="Nobody")
    with pytest.raises(UnknownResource):
        sync_accounts(settings, only=["evnets"])
    close_stores(stores)


def test_an_account_whose_key_was_forgotten_is_left_out_unless_asked_for(
    emulator: RunningEmulator, tmp_path: Path
) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    kept = registered_account(stores, settings, emulator.api_key)
    gone = registered_account(stores, settings, emulator.second_api_key)
    remove_account(stores, settings, local_admin(), gone)
    assert [(s.account, s.state) for s in sync_accounts(settings, only=["tags"])] == [(kept, "done")]
    (asked,) = sync_accounts(settings, account=gone, only=["tags"])
    assert asked.failed
    assert "has no key" in (asked.error or "")
    remove_account(stores, settings, local_admin(), kept)
    with pytest.raises(UnknownAccount, match="account add"):
        sync_accounts(settings, only=["tags"])
    close_stores(stores)


def test_a_key_that_cannot_be_decrypted_fails_its_own_account_only(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    good = registered_account(stores, settings, emulator.api_key)
    bad = registered_account(stores, settings, emulator.second_api_key)
    for id in (good, bad):
        sync(stores, settings, id, only=["tags"])
    other = settings.model_copy(update={"promolens_secret_key": SecretStr("another")})
    for place in (state_path(settings, bad), None):
        token = encrypt(other, emulator.second_api_key)
        if place is None:
            with stores.operational.write() as session:
                session.execute_text(
                    f"UPDATE stores SET api_key_encrypted = '{token}' WHERE klaviyo_public_id = '{bad}'"
                )
        else:
            state = msgspec.json.decode(place.read_bytes())
            place.write_bytes(msgspec.json.encode(state | {"api_key_encrypted": token}))

            def busy(_settings: Settings) -> Stores:
                raise StoreBusy("the app holds it")

            monkeypatch.setattr("ingest.runner.open_stores", busy)
        found = {summary.account: summary for summary in sync_accounts(settings, only=["tags"])}
        assert not found[good].failed
        assert found[bad].failed
        assert "PROMOLENS_SECRET_KEY" in (found[bad].error or "")
        monkeypatch.undo()
    close_stores(stores)


def test_the_key_of_the_environment_registers_its_account_once(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path / "data", klaviyo_api_key=emulator.api_key)
    stores = new_stores(settings)
    for _ in range(2):
        found = sync_accounts(settings, only=["metrics"])
        assert [summary.state for summary in found] == ["done"]
    assert emulator.requests["get_accounts"] == 3
    close_stores(stores)


def test_the_key_is_nowhere_in_plain_text(own_stores: Stores, own_settings: Settings, account: str) -> None:
    sync(own_stores, own_settings, account)
    own_stores.operational.write()
    with own_stores.operational.write() as session:
        session.execute_text("SELECT 1")
    close_stores(own_stores)
    for path in own_settings.data_dir.rglob("*"):
        if path.is_file():
            assert b"pk_demo1" not in path.read_bytes(), path


def wait_until(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
