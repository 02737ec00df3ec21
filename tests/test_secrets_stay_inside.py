"""A secret of every setting, and everything that can go wrong with it: what comes out never holds it.

And the net behind all tests (`tests/canaries.py`): it catches what this file lets out on purpose.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from pydantic import SecretStr, ValidationError

import logs
from data_access.engines.clickhouse_connection import Address
from data_access.errors import StoreError
from data_access.stores import Stores, close_stores, open_stores
from demo.emulator import running_emulator
from ingest.digest.sending import NotSent, send
from ingest.klaviyo.oauth import SignInFailed, SignInRefused, refresh_tokens
from settings import PROJECT_ROOT, Settings
from sign_in import SignInFileError, providers, secrets_within
from tests import canaries, postgresql_servers
from tests.canaries import planted
from tests.cli.conftest import run as run

SECRET = planted("setting")


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """Nothing is known to be a secret but what a test says."""
    logs.configure.cache_clear()
    logs.configure("INFO")
    yield
    logs.configure.cache_clear()
    logs.configure("INFO")


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name not in ("data_dir",)])
def test_no_setting_that_is_refused_repeats_what_stands_there(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever a person puts where: a key in the line below the one that it belongs to is refused without a word of
    it, and one that is taken is in no text of the settings where it is a secret."""
    monkeypatch.setenv(name.upper(), SECRET)
    try:
        settings = Settings()
    except ValidationError as error:
        said = f"{error} {error!r}"
        assert name.upper() in said or name in said
    else:
        said = repr(settings) if isinstance(getattr(settings, name), SecretStr) or name.endswith("url") else ""
    if name not in ("schedule_timezone",):
        assert SECRET not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"promolens:{SECRET}@db/promolens"),
        ("DATABASE_URL", f"mysql://promolens:{SECRET}@db/promolens"),
        ("DATABASE_URL", f"{SECRET}"),
        ("WAREHOUSE_URL", f"user:{SECRET}@clickhouse:8123/shop"),
        ("SMTP_TLS", SECRET),
        ("DB_PORT", SECRET),
    ],
)
def test_a_malformed_setting_is_told_by_every_command_without_its_value(
    run: Callable[..., object], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("doctor")
    assert done.code == 1  # type: ignore[attr-defined]
    assert name in done.err  # type: ignore[attr-defined]
    assert SECRET not in done.err + done.out  # type: ignore[attr-defined]


def test_all_secrets_of_the_settings_are_known_to_be_such() -> None:
    settings = Settings(
        database_url=f"postgresql+psycopg://u:{planted('a')}%2F@db/x?password={planted('b')}",
        warehouse_url=f"clickhousedb://u:{planted('c')}@host/x", promolens_secret_key=SecretStr("new one, old one"),
        klaviyo_api_key=SecretStr("pk_1"),
    )  # fmt: skip
    assert settings.secrets() >= {
        f"{planted('a')}/", f"{planted('a')}%2F", planted("b"), planted("c"), "new one", "old one", "pk_1",
        planted("SMTP_PASSWORD"), planted("KLAVIYO_OAUTH_CLIENT_SECRET"),
    }  # fmt: skip
    hidden = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert hidden == {
        "db_password", "klaviyo_api_key", "klaviyo_oauth_client_secret", "smtp_password", "promolens_secret_key"
    }  # fmt: skip
    # A setting that sounds like a secret is one.
    sounding = {name for name in Settings.model_fields if name.endswith(("password", "secret", "_key", "token"))}
    assert sounding == hidden


# --- databases, mail, sign-in, Klaviyo --------------------------------------------------------------------------------


def test_a_wrong_password_of_postgresql_is_not_repeated(postgres: postgresql_servers.Server, tmp_path: Path) -> None:
    """A login whose password the server really asks for."""
    login, right = f"asked_{postgres.create()}", planted("right")
    postgres.run(f"CREATE ROLE {login} LOGIN PASSWORD '{right}'")
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all {login} scram-sha-256\n{before}")
    postgres.run("SELECT pg_reload_conf()")
    try:
        address = f"postgresql+psycopg://{login}:{{}}@/postgres?host={postgres.folder}"
        close_stores(open_stores(Settings(data_dir=tmp_path, database_url=address.format(right))))
        with pytest.raises(StoreError, match="refuses the user of DATABASE_URL") as told:
            open_stores(Settings(data_dir=tmp_path, database_url=address.format(planted("wrong"))))
        assert isinstance(told.value.__cause__, psycopg.OperationalError)
    finally:
        rules.write_text(before)
        postgres.run("SELECT pg_reload_conf()")
        postgres.run(f"DROP ROLE {login}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:{secret}@127.0.0.1:1/x",
        "postgresql+psycopg://u:{secret}@no-such-host.invalid/x",
        "postgresql+psycopg://u:{secret}@host:port/x",
        "postgresql+psycopg://u:{secret}/a@127.0.0.1:1/x",
        "postgresql+psycopg://u@127.0.0.1:1/x?password={secret}",
        "postgresql+psycopg://u:{secret}@127.0.0.1:1/x?no_such_option={secret}",
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError) as told:
        open_stores(Settings(data_dir=tmp_path, database_url=url.format(secret=SECRET)))
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "clickhousedb://u:{secret}@127.0.0.1:1/x", "clickhousedb://u:{secret}@host:port/x",
        "clickhousedb://u:{secret}/a@127.0.0.1:1/x", "clickhousedb://u:a/{secret}@127.0.0.1:1/x",
        "clickhousedb://u:a#{secret}@127.0.0.1:1/x", "clickhousedb://u:a?{secret}@127.0.0.1:1/x",
        "clickhousedb://u:a@{secret}@127.0.0.1:1/x", "clickhousedb://u:[{secret}@127.0.0.1:1/x",
        "clickhousedb://u@127.0.0.1:1/x?password={secret}", "chdb://{secret}",
    ],
)  # fmt: skip
def test_a_warehouse_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError) as told:
        open_stores(Settings(data_dir=tmp_path, warehouse_url=url.format(secret=SECRET)))
    assert SECRET not in str(told.value)


def test_the_parts_of_an_address_have_no_text_with_its_password() -> None:
    assert SECRET not in repr(Address.of(f"clickhousedb://u:{SECRET}@host/x"))


class _Refusing(threading.Thread):
    """A mail server, or another, that repeats to whoever asks what it was told, and says no."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        with self.socket, self.socket.accept()[0] as talk, talk.makefile("rwb", buffering=0) as line:
            line.write(b"220 here\r\n")
            while said := line.readline():
                if said.upper().startswith(b"EHLO"):
                    line.write(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
                elif said.upper().startswith(b"QUIT"):
                    line.write(b"221 bye\r\n")
                else:
                    line.write(b"535 5.7.8 " + said.strip()[:60] + b"\r\n")


def test_a_mail_server_that_says_no_is_told_without_the_password() -> None:
    from email.message import EmailMessage

    server = _Refusing()
    settings = Settings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_user="me", smtp_sender="a@example.com")
    made = EmailMessage()
    made["To"], made["From"] = "b@example.com", "a@example.com"
    # Unencrypted as no setting permits, so that it comes to the sign-in.
    with pytest.raises(NotSent, match="does not accept the user or the password") as told:
        send(made, settings.model_copy(update={"smtp_tls": "none"}))
    assert told.value.__cause__ is None
    with pytest.raises(NotSent):
        send(made, settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 1}))


def test_klaviyos_sign_in_that_does_not_answer_holds_no_token() -> None:
    settings = Settings(klaviyo_oauth_client_id="app", klaviyo_base_url="http://127.0.0.1:1")
    with pytest.raises((SignInFailed, SignInRefused)):
        refresh_tokens(settings, planted("refresh"))


@pytest.mark.parametrize(
    "text",
    [
        f'[auth]\ncookie_secret = "{SECRET}\n', f'[auth]\nredirect_uri = "{SECRET}"',
        f'auth = "{SECRET}"', '[auth]\nredirect_uri = "https://x/oauth2callback"\ncookie_secret = "c4n4"',
        f'[auth]\nredirect_uri = "https://x/oauth2callback"\ncookie_secret = "{SECRET}"\n[auth.a]\nclient_id = "a"\n'
        f'client_secret = "{SECRET}"\nserver_metadata_url = "http://{SECRET}"',
    ],
)  # fmt: skip
def test_a_file_of_providers_that_cannot_be_used_is_told_without_what_it_holds(tmp_path: Path, text: str) -> None:
    path = tmp_path / "providers.toml"
    path.write_text(text, encoding="utf-8")
    settings = Settings(sign_in_file=path)
    with pytest.raises(SignInFileError) as told:
        providers(settings)
    assert SECRET not in str(told.value)
    assert secrets_within(settings) <= {SECRET, "c4n4"}


# --- logs, tracebacks, last words -------------------------------------------------------------------------------------


def test_no_line_holds_a_known_secret_or_what_looks_like_one(capsys: pytest.CaptureFixture[str]) -> None:
    word = 'a "quoted" pass phrase'
    logs.conceal([word, "short"])
    log = logs.logger("test")
    try:
        raise ValueError(f"refused {word}")
    except ValueError:
        log.exception("failed", address=f"postgresql://me:hunter2!@db/x and {word}", key="pk_0123456789abcdef")
    library = logging.getLogger("a.library")
    handler = logging.StreamHandler(sys.stderr)
    library.addHandler(handler)
    try:
        raise ValueError(f"refused {word}")
    except ValueError:
        library.exception("asked with %s: %s", "Authorization: Bearer abcdefghijkl", word)
    finally:
        library.removeHandler(handler)
    said = capsys.readouterr()
    line = json.loads(said.out)
    assert line["address"] == "postgresql://me:•••@db/x and •••"
    assert line["key"] == "pk_•••"
    assert "ValueError: refused •••" in line["exception"]
    assert "asked with Authorization: Bearer •••: •••" in said.err
    assert "ValueError: refused •••" in said.err
    for secret in (word, "hunter2", "0123456789abcdef", "abcdefghijkl"):
        assert secret not in said.out + said.err
    assert logs.redacted("a short word, https://example.com/a:b@c and 12:30") == (
        "a short word, https://example.com/a:b@c and 12:30"
    )


LAST_WORDS = """
import sys, threading
import logs
from settings import get_settings
logs.configure("INFO")
logs.conceal(get_settings().secrets())
def fails():
    raise RuntimeError(get_settings().smtp_password.get_secret_value())
thread = threading.Thread(target=fails, name="worker")
thread.start()
thread.join()
fails()
"""


def test_the_last_words_of_a_program_and_of_a_thread_hold_no_secret() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAST_WORDS], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Exception in thread worker" in done.stderr
    assert done.stderr.count("RuntimeError: •••") == 2


def test_a_page_that_fails_shows_an_admin_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    from streamlit.testing.v1 import AppTest

    def page() -> None:
        from data_access.scope import local_admin
        from logs import conceal
        from pages.frame import guard
        from tests.canaries import planted

        conceal([planted("page")])
        with guard.explained(local_admin()):
            raise ValueError(f"broken by {planted('page')}")

    app = AppTest.from_function(page).run()
    assert "broken by •••" in "".join(str(each.value) for each in app.code)
    assert "broken by •••" in capsys.readouterr().out


# --- the net ----------------------------------------------------------------------------------------------------------

LEAKS = """
import subprocess, sys
import pytest
from streamlit.testing.v1 import AppTest
from tests.canaries import MARK, planted

def test_prints(): print(planted("x"))
def test_reads_what_was_printed(capsys): print(planted("x")); capsys.readouterr()
def test_logs():
    import logging
    logging.getLogger("x").warning(planted("x"))
def test_starts_a_process(): subprocess.run([sys.executable, "-c", "import os; print(os.environ['SMTP_PASSWORD'])"],
                                            capture_output=True)
def test_raises():
    with pytest.raises(ValueError):
        try:
            raise KeyError(planted("x"))
        except KeyError as error:
            raise ValueError("clean") from error
def test_draws():
    def page():
        import streamlit as st
        from tests.canaries import planted
        st.markdown(planted("x"))
    AppTest.from_function(page).run()
def test_offers_a_file():
    def page():
        import streamlit as st
        from tests.canaries import planted
        st.download_button("x", planted("x"))
    AppTest.from_function(page).run()
def test_leaves_a_file(tmp_path): (tmp_path / "a" ).write_bytes(b"\\0" + planted("x").encode())
@pytest.fixture(scope="module")
def folder(tmp_path_factory): return tmp_path_factory.mktemp("of_module")
def test_leaves_a_row(stores):
    with stores.operational.write() as session:
        session.execute_text(f"INSERT INTO stores (public_id, name) VALUES ('x', '{MARK}')")
def test_asks_with_a_key():
    from tests.canaries import Asked
    Asked().append(f"GET /api/profiles?api_key={MARK}")
def test_is_clean(tmp_path): (tmp_path / "secret.key").write_text(planted("x"))
def test_leaves_a_file_of_the_module(folder): (folder / "b").write_text(planted("x"))
"""


def test_the_net_catches_what_is_let_out(tmp_path: Path) -> None:
    """A run of tests of which each lets a secret out in another way, and one does not."""
    inner = tmp_path / "tests"
    inner.mkdir()
    (inner / "conftest.py").write_text("from tests.conftest import *  # noqa: F403\n", encoding="utf-8")
    (inner / "test_leaks.py").write_text(LEAKS, encoding="utf-8")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}"]
    words += [f"--rootdir={inner}", f"--config-file={PROJECT_ROOT / 'pyproject.toml'}", str(inner)]
    # Into a file: what comes from a process is searched, too.
    with (tmp_path / "out.txt").open("w") as out:
        environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT)}
        done = subprocess.run(
            [sys.executable, *words], cwd=PROJECT_ROOT, stdout=out, stderr=out, check=False, env=environment
        )
    said = (tmp_path / "out.txt").read_text()
    (tmp_path / "out.txt").unlink()
    assert done.returncode == 1
    names = {line.split("::")[1].split()[0] for line in said.splitlines() if line.startswith("ERROR ")}
    wanted = {word.split("(")[0] for word in LEAKS.split("def ") if word.startswith("test_")} - {"test_is_clean"}
    assert names == wanted, said
    shutil.rmtree(tmp_path / "inner")


def test_every_secret_setting_is_planted() -> None:
    for name in ("PROMOLENS_SECRET_KEY", "KLAVIYO_OAUTH_CLIENT_SECRET", "SMTP_PASSWORD"):
        assert canaries.within(os.environ[name])


def test_what_the_local_klaviyo_is_asked_is_searched() -> None:
    with running_emulator(events=1_000) as klaviyo:
        assert klaviyo.app is not None
        assert isinstance(klaviyo.app.log, canaries.Asked)


def test_no_secret_stands_in_the_bytes_of_the_database(stores: Stores, settings: Settings) -> None:
    """Not in the file and not in the log beside it; the token stands there, and is read."""
    from data_access.secrets import decrypt, encrypt
    from tests.warehouse_rows import insert, store

    token = encrypt(settings, SECRET)
    insert(stores, "stores", store() | {"api_key_encrypted": token})
    close_stores(stores)
    held = b"".join(path.read_bytes() for path in settings.data_dir.glob("promolens.duckdb*"))
    assert SECRET.encode() not in held
    assert token.encode()[:40] in held
    again = open_stores(settings)
    with again.operational.read() as session:
        (row,) = session.rows("secrets/held")
    assert decrypt(settings, row["api_key_encrypted"]) == SECRET
    close_stores(again)


def test_a_provider_of_sign_in_that_does_not_answer_is_told_without_the_apps_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As the server does it, and logs it with its traceback."""
    from authlib.integrations.starlette_client import OAuth

    oauth = OAuth()
    oauth.register(
        "away", client_id="promolens", client_secret=SECRET,
        server_metadata_url="http://127.0.0.1:1/.well-known/openid-configuration",
    )  # fmt: skip
    library = logging.getLogger("of.the.server")
    handler = logging.StreamHandler(sys.stderr)
    library.addHandler(handler)
    try:
        asyncio.run(oauth.away.load_server_metadata())
    except httpx.ConnectError:
        library.warning("not redirected", exc_info=True)
    finally:
        library.removeHandler(handler)
    said = capsys.readouterr().err
    assert "ConnectError" in said
    assert SECRET not in said
