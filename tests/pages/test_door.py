"""The parts of the door: names, origins, pace, headers, and who is let through to files."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages.frame import door, guard
from pages.frame import door_headers as headers
from pages.frame import door_passes as passes
from pages.frame.door_hosts import Hosts, hosts_of
from pages.frame.door_pace import Pace
from settings import Settings

SECRET = "k" * 40
FILE = f"""
[auth]
redirect_uri = "https://Promolens.example.com/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "promolens"
client_secret = "of the test"
server_metadata_url = "https://provider.example/.well-known/openid-configuration"
"""


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a provider, whose secret is the server's."""
    file = tmp_path / "sign-in.toml"
    file.write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(passes, "get_cookie_secret", lambda: SECRET)
    secrets_singleton._reset()
    return Settings(data_dir=tmp_path, sign_in_file=file)


# --- names ------------------------------------------------------------------------------------------------------------


def test_the_apps_names_are_this_machines_and_those_of_its_addresses(guarded: Settings) -> None:
    hosts = hosts_of(guarded.model_copy(update={"public_url": "https://p.example.org/x"}), "127.0.0.1")
    served = [
        "localhost:8501",
        "127.0.0.1",
        "[::1]",
        "promolens.example.com",
        "PROMOLENS.example.com.:443",
        "p.example.org",
    ]
    assert [host for host in served if not hosts.serves(host)] == []
    refused = ["", None, "evil.example", "x.promolens.example.com", "10.0.0.7", "localhost:http", "a@localhost", "[::1"]
    assert [host for host in refused if hosts.serves(host)] == []


def test_other_names_are_those_of_the_setting(tmp_path: Path) -> None:
    told = Settings(data_dir=tmp_path, allowed_hosts="app.internal, Other.example")
    hosts = hosts_of(told, "127.0.0.1")
    assert hosts.serves("app.internal:8501")
    assert hosts.serves("other.example")
    assert not hosts.serves("evil.example")
    assert hosts_of(told.model_copy(update={"allowed_hosts": "*"}), "127.0.0.1").serves("evil.example")


def test_where_it_listens_for_other_machines_any_address_in_numbers_is_its_own(tmp_path: Path) -> None:
    """No name of somebody else is a number."""
    hosts = hosts_of(Settings(data_dir=tmp_path), "0.0.0.0")
    assert hosts.serves("192.168.1.5:8501")
    assert hosts.serves("[fe80::1]:8501")
    assert not hosts.serves("192.168.1.5.evil.example")


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        (None, "localhost:8501", True),  # no browser
        ("http://localhost:8501", "localhost:8501", True),
        ("http://localhost:3000", "localhost:8501", False),
        ("https://promolens.example.com", "10.1.1.1:8501", True),  # a proxy that asks by another name
        ("https://promolens.example.com:444", "10.1.1.1:8501", False),
        ("http://promolens.example.com", "10.1.1.1:8501", False),
        ("https://app.internal", "10.1.1.1:8501", True),
        ("https://app.internal:81", "10.1.1.1:8501", False),
        ("https://evil.example", "10.1.1.1:8501", False),
        ("null", "10.1.1.1:8501", False),
        ("file://", "10.1.1.1:8501", False),
        ("http://[::1", "10.1.1.1:8501", False),
        ("", "", False),
    ],
)
def test_a_page_is_the_apps_own_or_it_is_not(origin: str | None, host: str, own: bool) -> None:
    hosts = Hosts(["app.internal"], [urlsplit("https://promolens.example.com/oauth2callback")])
    assert hosts.own(origin, host) is own


# --- pace -------------------------------------------------------------------------------------------------------------


def test_an_address_waits_until_its_first_try_is_a_minute_old() -> None:
    now = [1000.0]
    pace = Pace(2, 3, clock=lambda: now[0])
    assert pace.wait("192.0.2.1") == 0
    now[0] += 10
    assert pace.wait("192.0.2.1") == 0
    # The first was 10 seconds ago; the refused ones count for nothing.
    assert [pace.wait("192.0.2.1"), pace.wait("192.0.2.1")] == [50, 50]
    assert pace.wait("192.0.2.2") == 0
    # Three together are all that there may be, whoever comes.
    assert pace.wait("192.0.2.3") == 50
    now[0] += 50
    assert pace.wait("192.0.2.3") == 0
    now[0] += 1000
    assert pace.wait("192.0.2.1") == 0
    assert len(pace._of) == 1


# --- headers ----------------------------------------------------------------------------------------------------------


def test_ours_stand_in_place_of_the_same_ones_and_cookies_keep_to_tls() -> None:
    given = [(b"X-Content-Type-Options", b"other"), (b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2; secure")]
    ours = [(b"x-content-type-options", b"nosniff")]
    assert headers.added(given, ours, encrypted=False) == [*given[1:], *ours]
    assert headers.added(given, ours, encrypted=True) == [
        (b"set-cookie", b"a=1; Path=/; Secure"), (b"set-cookie", b"b=2; secure"), *ours, headers.HSTS,
    ]  # fmt: skip


def test_named_parents_may_show_the_app_in_a_frame() -> None:
    told = dict(headers.always(("https://intranet.example.com",)))
    assert told[b"content-security-policy"].endswith(b"; frame-ancestors https://intranet.example.com")
    assert b"x-frame-options" not in told


def test_what_breaks_the_server_is_told_without_its_words() -> None:
    answer = asyncio.run(door.failed(None, ValueError("pk_secret")))  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert b"pk_secret" not in answer.body
    assert {name for name, _ in headers.always()} <= {name for name, _ in answer.raw_headers}


# --- who is let through -----------------------------------------------------------------------------------------------


def cookie(secret: str = SECRET, **more: object) -> str:
    claims = {
        "is_logged_in": True, "iss": "https://provider.example", "sub": "1",
        "iat": int(datetime.now(UTC).timestamp()), "origin": "https://promolens.example.com",
    } | more  # fmt: skip
    return f"other=1; _streamlit_user={create_signed_value(secret, '_streamlit_user', json.dumps(claims)).decode()}"


def test_a_cookie_of_a_sign_in_that_stands_lets_through(guarded: Settings) -> None:
    assert passes.signed_in(cookie(), guarded)


@pytest.mark.parametrize("held", ["", "other=1", "_streamlit_user=", "_streamlit_user=a.b.c", cookie("x" * 40)])
def test_no_cookie_and_one_that_others_made_do_not(guarded: Settings, held: str) -> None:
    assert not passes.signed_in(held, guarded)


def test_one_that_is_over_or_was_ended_does_not(guarded: Settings) -> None:
    issued = int(datetime.now(UTC).timestamp())
    assert not passes.signed_in(cookie(iat=issued - 13 * 3600), guarded)
    assert not passes.signed_in(cookie(is_logged_in=False), guarded)
    guard._ended.add(("https://provider.example", "1", issued))
    try:
        assert not passes.signed_in(cookie(iat=issued), guarded)
        assert passes.signed_in(cookie(iat=issued, sub="2"), guarded)
    finally:
        guard._ended.clear()
