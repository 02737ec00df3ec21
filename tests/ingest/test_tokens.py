"""Access tokens that are refreshed by one at a time, and connections that end."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from data_access.errors import StoreUnavailable
from data_access.stores import Stores
from data_access.writes.oauth_tokens import Tokens, end_lease, keep_tokens, refresh_errors, take_lease
from demo.emulator import RunningEmulator
from ingest import runner, tokens
from ingest.fetch.renewal import Renewal, TokenAnswer
from ingest.klaviyo import oauth
from ingest.klaviyo.errors import ConnectionEnded as EndedInFetch
from ingest.klaviyo.oauth import SignInFailed
from ingest.runner import run_sync
from ingest.state import read_state, states_on_disk
from ingest.tokens import ConnectionEnded, TokenKeeper
from settings import Settings, get_settings
from tests.ingest.signed_in import change, connected, end_soon, held, row
from tests.ingest.synced import NOW

SYNCED = ["tags", "lists"]
MANY = [*SYNCED, "profiles"]


# --- refreshing -------------------------------------------------------------------------------------------------------


def test_a_token_that_lives_is_not_refreshed(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    assert TokenKeeper(own_stores, app).fresh(shop) == held(own_stores, app, shop)
    assert "oauth_refresh_token" not in emulator.requests


def test_it_is_refreshed_before_it_ends(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    before = held(own_stores, app, shop)
    assert before.expires_at is not None
    almost = before.expires_at - timedelta(seconds=app.klaviyo_oauth_ahead_seconds)
    assert TokenKeeper(own_stores, app, lambda: almost - timedelta(seconds=1)).fresh(shop).access == before.access
    after = TokenKeeper(own_stores, app, lambda: almost).fresh(shop)
    assert after.access != before.access
    assert after.refresh != before.refresh
    assert held(own_stores, app, shop) == after
    assert emulator.requests["oauth_refresh_token"] == 1


def test_many_threads_refresh_once(own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str) -> None:
    end_soon(own_stores)
    start = threading.Barrier(8)

    def ask(_number: int) -> Tokens:
        start.wait(30)
        return TokenKeeper(own_stores, app).fresh(shop)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert {each.access for each in found} == {held(own_stores, app, shop).access}
    assert emulator.requests["oauth_refresh_token"] == 1


def test_who_comes_with_the_same_refused_token_takes_the_refreshed_one(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    old = held(own_stores, app, shop).access
    keeper = TokenKeeper(own_stores, app)
    assert keeper.fresh(shop, refused=old) == keeper.fresh(shop, refused=old)
    assert emulator.requests["oauth_refresh_token"] == 1


def test_the_turn_is_waited_for_and_that_of_the_dead_is_taken_over(
    own_stores: Stores, app: Settings, shop: str
) -> None:
    assert take_lease(own_stores, shop, "another process")
    assert not take_lease(own_stores, shop, "ourselves")
    end_soon(own_stores)
    change(own_stores, "UPDATE oauth_refreshes SET lease_until = now() - INTERVAL '1 second'")
    assert TokenKeeper(own_stores, app).fresh(shop).lives(datetime.now(UTC))
    # Its turn is over: what it says now changes nothing.
    end_lease(own_stores, shop, "another process", "too late")
    assert refresh_errors(own_stores) == {shop: None}


def test_who_waits_takes_what_the_other_one_kept(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    assert take_lease(own_stores, shop, "another process")
    before = held(own_stores, app, shop)
    end_soon(own_stores)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(TokenKeeper(own_stores, app).fresh, shop)
        fresh = Tokens("fresh access", "fresh refresh", datetime.now(UTC) + timedelta(hours=1))
        assert keep_tokens(own_stores, app, shop, before.refresh, fresh)
        assert waiting.result(30) == fresh
    assert "oauth_refresh_token" not in emulator.requests


def test_new_tokens_are_kept_before_they_are_given_out(
    own_stores: Stores, app: Settings, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that rests for a moment is waited for: Klaviyo does not hand them out again."""
    end_soon(own_stores)
    monkeypatch.setattr(tokens, "KEEP_PAUSE_SECONDS", 0)
    rests = iter([True, True, False])

    def resting(*args: Any) -> bool:
        if next(rests):
            raise StoreUnavailable("The database rests.")
        return keep_tokens(*args)

    monkeypatch.setattr(tokens, "keep_tokens", resting)
    given = TokenKeeper(own_stores, app).fresh(shop)
    assert held(own_stores, app, shop) == given


def test_a_refresh_that_fails_ahead_of_time_leaves_what_still_lives(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "PAUSE_SECONDS", 0)
    emulator.set_faults(error_5xx="99@/oauth/token")
    before = held(own_stores, app, shop)
    assert before.expires_at is not None
    almost = before.expires_at - timedelta(seconds=10)
    assert TokenKeeper(own_stores, app, lambda: almost).fresh(shop) == before
    with pytest.raises(SignInFailed, match="does not answer"):
        TokenKeeper(own_stores, app, lambda: almost).fresh(shop, refused=before.access)


def test_an_outage_that_passes_is_waited_for(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "PAUSE_SECONDS", 0)
    end_soon(own_stores)
    emulator.set_faults(error_5xx="2@/oauth/token")
    assert TokenKeeper(own_stores, app).fresh(shop).lives(datetime.now(UTC))


# --- connections that end ---------------------------------------------------------------------------------------------


def test_a_revoked_connection_says_what_to_do_and_connecting_again_heals_it(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    emulator.set_oauth(end=shop)
    end_soon(own_stores)
    with pytest.raises(ConnectionEnded, match="promolens account add --oauth") as told:
        TokenKeeper(own_stores, app).fresh(shop)
    assert row(own_stores, shop)["name"] in str(told.value)
    error = refresh_errors(own_stores)[shop]
    assert error == str(told.value)
    assert connected(own_stores, app).public_id == shop
    assert TokenKeeper(own_stores, app).fresh(shop).lives(datetime.now(UTC))
    assert refresh_errors(own_stores) == {shop: None}


def test_doctor_names_a_connection_that_ended(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.set_oauth(end=shop)
    end_soon(own_stores)
    with pytest.raises(ConnectionEnded):
        TokenKeeper(own_stores, app).fresh(shop)
    monkeypatch.setenv("DATA_DIR", str(app.data_dir))
    monkeypatch.setenv("KLAVIYO_BASE_URL", emulator.base_url)
    get_settings.cache_clear()
    try:
        done = CliRunner().invoke(cli.app, ["doctor", "--account", shop, "--json"])
    finally:
        get_settings.cache_clear()
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    (trouble,) = [check for name, check in found.items() if name.startswith("sign-in of")]
    assert not trouble["ok"]
    assert "account add --oauth" in trouble["message"]
    assert not any(name.startswith("key of") for name in found)


def test_a_refresh_token_that_comes_twice_ends_the_connection(own_stores: Stores, app: Settings, shop: str) -> None:
    """The local Klaviyo detects reuse, as OAuth's best practice asks of a service that rotates."""
    before = held(own_stores, app, shop)
    after = TokenKeeper(own_stores, app).fresh(shop, refused=before.access)
    with pytest.raises(oauth.SignInRefused, match="used before"):
        oauth.refresh_tokens(app, before.refresh)
    with pytest.raises(oauth.SignInRefused):
        oauth.refresh_tokens(app, after.refresh)


def test_an_access_token_without_a_refresh_token_ends_with_it(own_stores: Stores, app: Settings, shop: str) -> None:
    change(own_stores, "UPDATE stores SET refresh_token_encrypted = NULL")
    assert TokenKeeper(own_stores, app).fresh(shop).access
    end_soon(own_stores)
    with pytest.raises(ConnectionEnded, match="none to refresh it"):
        TokenKeeper(own_stores, app).fresh(shop)


# --- in a sync --------------------------------------------------------------------------------------------------------


def test_a_signed_in_account_is_synced_like_any_other(
    own_stores: Stores, app: Settings, shop: str, emulator: RunningEmulator
) -> None:
    done = run_sync(own_stores, app, shop, only=MANY, now=lambda: NOW)
    assert (done.state, done.error) == ("done", None)
    assert done.counts["profiles"] > 0
    assert "oauth_refresh_token" not in emulator.requests


def test_a_sync_refreshes_a_token_that_has_ended(
    own_stores: Stores, app: Settings, shop: str, emulator: RunningEmulator
) -> None:
    end_soon(own_stores)
    done = run_sync(own_stores, app, shop, only=SYNCED, now=lambda: NOW)
    assert (done.state, done.error) == ("done", None)
    assert emulator.requests["oauth_refresh_token"] == 1


def test_a_token_that_ends_during_a_sync_is_refreshed_once_by_who_holds_the_database(
    own_stores: Stores, app: Settings, shop: str, emulator: RunningEmulator
) -> None:
    """Klaviyo refuses the token although its time is not over: many requests at once are refused with it."""
    assert emulator.app is not None
    before = held(own_stores, app, shop)
    emulator.app.oauth.access.clear()
    done = run_sync(own_stores, app, shop, only=MANY, now=lambda: NOW)
    assert (done.state, done.error) == ("done", None)
    assert emulator.requests["oauth_refresh_token"] == 1
    assert held(own_stores, app, shop).access != before.access
    with own_stores.operational.read() as session:
        state = read_state(session, shop, NOW)
    assert state.token_expires_at is not None
    assert not any(before.access.encode() in path.read_bytes() for path in files(app))


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.spool_dir.rglob("*") if path.is_file()]


def test_a_connection_that_was_ended_fails_alone(
    own_stores: Stores, app: Settings, shop: str, emulator: RunningEmulator
) -> None:
    other = connected(own_stores, app, "2").public_id
    emulator.set_oauth(end=shop)
    failed = run_sync(own_stores, app, shop, only=SYNCED, now=lambda: NOW)
    assert failed.state == "failed"
    assert "account add --oauth" in (failed.error or "")
    assert run_sync(own_stores, app, other, only=SYNCED, now=lambda: NOW).state == "done"


def test_who_does_not_hold_the_database_fetches_while_the_token_lives(
    own_stores: Stores, app: Settings, shop: str
) -> None:
    assert run_sync(own_stores, app, shop, only=SYNCED, now=lambda: NOW).state == "done"
    (state,) = states_on_disk(app)
    assert runner._spool_only(app, state, False, SYNCED, "cron", None).state == "spooled"
    state.token_expires_at = datetime.now(UTC) - timedelta(seconds=1)
    told = runner._spool_only(app, state, False, SYNCED, "cron", None)
    assert told.state == "failed"
    assert "Press Sync now there" in (told.error or "")


# --- the fetch process's side -----------------------------------------------------------------------------------------


def test_requests_that_are_refused_together_ask_for_one_token() -> None:
    asked: list[bool] = []

    async def refused_together() -> list[str]:
        renewal = Renewal("old", None, asked.append)
        waiting = [asyncio.create_task(renewal.renew("old")) for _ in range(5)]
        while not asked:
            await asyncio.sleep(0)
        renewal.deliver(TokenAnswer(token="new"))
        return await asyncio.gather(*waiting)

    assert asyncio.run(refused_together()) == ["new"] * 5
    assert asked == [True]


def test_a_starter_without_a_token_ends_the_fetch_with_its_words() -> None:
    async def ended() -> None:
        renewal = Renewal("old", None, lambda _refused: None)
        waiting = asyncio.create_task(renewal.renew("old"))
        await asyncio.sleep(0)
        renewal.deliver(TokenAnswer(refused="Connect it again."))
        await waiting

    with pytest.raises(EndedInFetch) as told:
        asyncio.run(ended())
    assert told.value.told() == "Connect it again."


@pytest.mark.parametrize(
    ("ends", "pause"),
    [(timedelta(hours=1), 3300.0), (timedelta(minutes=5), 5.0), (timedelta(minutes=-5), 5.0)],
)
def test_a_token_is_renewed_ahead_of_its_end(ends: timedelta, pause: float) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    renewal = Renewal("token", now + ends, lambda _refused: None)
    assert renewal.pause(now, timedelta(minutes=5)) == pause
    assert Renewal("token", None, lambda _refused: None).pause(now, timedelta(minutes=5)) is None
