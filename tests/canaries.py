"""Secrets that every test plants, and the net behind all tests: whatever a test lets out is searched for them.

Planted in the environment, and so in every process that a test starts, in the passwords of the databases' addresses, in
the mail server's sign-in, in the file of providers, and as Klaviyo's keys and tokens. Searched: what is printed and
logged here and by started processes, texts of exceptions, what pages send to the browser (their files included), what
the stores hold, what the local Klaviyo is asked at its addresses, and every file that a test leaves.
"""

from __future__ import annotations

import mmap
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from data_access.engines.base import Store
from data_access.errors import StoreError
from data_access.secrets import KEY_FILE
from data_access.stores import Stores

# Parted, so that a line of a traceback that shows this file is no find.
MARK: Final = "c4n4ry" + "Vq7Xw2Jm"
# Those that a demo store has, and of which a part is random.
DEMO_KEYS: Final = tuple(f"pk_demo{number}_" + "0" * 28 for number in (1, 2))
OWN: Final = ("promolens-demo-" + "app-secret", "promolens-demo-" + "token-")
WORDS: Final = (MARK, *DEMO_KEYS, *OWN)
_BYTES: Final = tuple(word.encode() for word in WORDS)
# Holding secrets is what these are for: the file of keys, the file of providers.
_MEANT_TO: Final = (KEY_FILE, ".toml", ".env")

found: list[str] = []


def planted(name: str) -> str:
    """The secret that stands in a setting."""
    return f"{MARK}-{name.lower()}-0123456789abcdef"


def plant() -> None:
    """In the environment of this process and of those that it starts; tests of the settings themselves take it out.

    A password of PostgreSQL alone would choose PostgreSQL: it stands in the tests' addresses instead.
    """
    for name in ("PROMOLENS_SECRET_KEY", "KLAVIYO_OAUTH_CLIENT_SECRET", "SMTP_PASSWORD"):
        os.environ[name] = planted(name)


def within(text: str | bytes) -> str:
    """What stands around the first secret in it; '' without one."""
    held = text.encode("utf-8", "replace") if isinstance(text, str) else text
    for word in _BYTES:
        if (at := held.find(word)) >= 0:
            return held[max(0, at - 60) : at + len(word) + 20].decode("utf-8", "replace")
    return ""


def search(where: str, text: str | bytes | None) -> None:
    """Notes a secret that somebody can read there."""
    if text and (around := within(text)):
        found.append(f"{where}: …{around}…")


def search_error(error: BaseException | None) -> None:
    """An exception's text, and those that it came from."""
    while error is not None:
        search(f"the text of {type(error).__name__}", f"{error} {error!r}")
        error = error.__cause__ or error.__context__


def search_files(folder: Path) -> None:
    """Every file below a folder."""
    for base, _, names in os.walk(folder):
        for name in names:
            path = Path(base, name)
            if not name.endswith(_MEANT_TO):
                search(f"the file {path}", _in_file(path))


def _in_file(path: Path) -> bytes:
    """The part of a file that holds a secret; nothing where none does, or what is no file any more."""
    with suppress(OSError, ValueError), path.open("rb") as file:
        if not path.is_file() or not os.fstat(file.fileno()).st_size:
            return b""
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            for word in _BYTES:
                if (at := held.find(word)) >= 0:
                    return held[max(0, at - 60) : at + 80]
    return b""


def search_rows(stores: Stores) -> None:
    """Every row of the operational store."""
    with suppress(StoreError):  # what a test broke on purpose
        for table, row in _rows(stores.operational):
            search(f"the table {table}", row)


def _rows(store: Store) -> Iterator[tuple[str, str]]:
    postgresql = store.dialect == "postgresql"
    names = (
        "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        if postgresql
        else "SELECT table_name AS name FROM duckdb_tables() WHERE estimated_size > 0 AND NOT internal"
    )
    with store.read() as session:
        tables = [row["name"] for row in session.query_text(names, {}).to_pylist()]
        looked = " UNION ALL ".join(
            f"""SELECT '{name}' AS place, CAST(t AS VARCHAR) AS held FROM "{name}" AS t WHERE """
            + " OR ".join(f"CAST(t AS VARCHAR) LIKE '%{word}%'" for word in WORDS)
            for name in tables
        )
        for row in session.query_text(looked, {}).to_pylist() if tables else ():
            yield row["place"], row["held"]


# --- where tests let something out ------------------------------------------------------------------------------------


def cast_net() -> None:
    """Puts the search between the tests and what they read: captured output, processes, errors, pages."""
    from streamlit.testing.v1 import local_script_runner
    from typer.testing import CliRunner

    from demo.api.app import Emulator

    read_out, leave, talk = pytest.CaptureFixture.readouterr, pytest.RaisesExc.__exit__, subprocess.Popen.communicate
    invoke, parse = CliRunner.invoke, local_script_runner.parse_tree_from_messages
    made = Emulator.__post_init__

    def readouterr(self: Any) -> Any:
        said = read_out(self)
        search("stdout", said.out)
        search("stderr", said.err)
        return said

    def left(self: Any, kind: Any, error: BaseException | None, trace: Any) -> Any:
        search_error(error)
        return leave(self, kind, error, trace)

    def communicate(self: Any, *args: Any, **more: Any) -> Any:
        said = talk(self, *args, **more)
        for stream, text in zip(("stdout", "stderr"), said, strict=True):
            search(f"{stream} of {_program(self.args)}", text)
        return said

    def invoked(self: Any, *args: Any, **more: Any) -> Any:
        done = invoke(self, *args, **more)
        search("what a command printed", done.output_bytes if hasattr(done, "output_bytes") else done.output)
        search("what a command printed as an error", done.stderr)
        search_error(done.exception)
        return done

    def parsed(messages: list[Any]) -> Any:
        for message in messages:
            search("what a page sends", message.SerializeToString())
        for name, content in _page_files():
            search(f"a page's file {name}", content)
        return parse(messages)

    def listening(self: Any) -> None:
        made(self)
        self.log = Asked()

    Emulator.__post_init__ = listening  # type: ignore[method-assign]
    pytest.CaptureFixture.readouterr = readouterr  # type: ignore[method-assign]
    pytest.RaisesExc.__exit__ = left  # type: ignore[method-assign]
    subprocess.Popen.communicate = communicate  # type: ignore[method-assign]
    CliRunner.invoke = invoked  # type: ignore[method-assign]
    local_script_runner.parse_tree_from_messages = parsed


class Asked(list[str]):
    """Addresses that a local Klaviyo is asked at."""

    def append(self, address: str) -> None:
        search("an address that Klaviyo is asked at", address)
        super().append(address)


def _program(args: Any) -> str:
    return " ".join(map(str, args[:4])) if isinstance(args, list | tuple) else str(args)


def _page_files() -> Iterator[tuple[str, bytes]]:
    from streamlit.runtime import Runtime

    instance = Runtime._instance
    storage = getattr(getattr(instance, "media_file_mgr", None), "_storage", None)
    for name, file in (getattr(storage, "_files_by_id", None) or {}).items():
        yield name, file.content


class Scanned:
    """Folders of tests that were looked through. A module's own are looked through once it has ended."""

    def __init__(self) -> None:
        self._done: set[str] = set()

    def end(self, item: pytest.Item, report: pytest.TestReport, nextitem: pytest.Item | None) -> None:
        """What a test left once all of it was taken down; a find makes it fail."""
        for title, text in report.sections:
            search(title, text)
        own = getattr(item, "funcargs", None) or {}
        for folder in (own.get("tmp_path"), self._of_module(item, nextitem)):
            for path in folder if isinstance(folder, list) else [folder] if folder else []:
                self._done.add(str(path))
                search_files(Path(path))
        if found:
            report.outcome = "failed"
            report.longrepr = "A secret can be read in\n  " + "\n  ".join(dict.fromkeys(found))
            found.clear()

    def _of_module(self, item: pytest.Item, nextitem: pytest.Item | None) -> list[str]:
        if nextitem is not None and nextitem.path == item.path:
            return []
        base = getattr(item.config, "_tmp_path_factory", None)
        if base is None or base._basetemp is None:
            return []
        return [each.path for each in os.scandir(base._basetemp) if each.is_dir() and each.path not in self._done]
