"""What stands in the log when something goes wrong, and what must never stand there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

import logs
from data_access.writes.audit import MASKED, masked
from logs import HIDDEN, impersonal
from pages.frame import guard
from settings import PROJECT_ROOT

SECRET = "pk_0123456789abcdef"
ADDRESS = "anna@example.com"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    logs.configure.cache_clear()
    yield
    logs.configure.cache_clear()
    logs.configure("INFO")


def fails() -> None:
    api_key, emails = SECRET, [ADDRESS]
    raise ZeroDivisionError(f"{len(api_key) * len(emails)} divided by nothing")


def test_a_page_error_names_its_place_and_no_local_variable(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    with guard.explained():
        fails()
    said = capsys.readouterr()
    line = json.loads(said.out.splitlines()[-1])
    assert (line["event"], line["level"], line["part"]) == ("page_failed", "error", "promolens.app")
    assert "in fails" in line["exception"]
    assert "ZeroDivisionError" in line["exception"]
    assert SECRET not in said.out + said.err
    assert ADDRESS not in said.out + said.err


def test_the_level_of_the_settings_holds(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR")
    log = logs.logger("test")
    log.warning("unseen")
    log.error("seen")
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["seen"]


def test_the_command_line_keeps_its_results_apart(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "stderr")
    logs.logger("test").info("seen")
    said = capsys.readouterr()
    assert (said.out, json.loads(said.err)["event"]) == ("", "seen")


BARE = """
import logging, threading
import logs
from data_access.writes.audit import MASKED, masked
from logs import HIDDEN, impersonal
logs.configure("INFO")
import streamlit as st
log = logging.getLogger(logs.BARE_MODE)
log.warning("of another kind")
st.navigation([st.Page(lambda: None, title="A", url_path="a")])
thread = threading.Thread(target=lambda: st.write("x"), name="loader")
thread.start()
thread.join()
"""


def test_streamlit_is_quiet_where_no_session_can_be_and_warns_where_one_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", BARE], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert "Thread 'MainThread': missing ScriptRunContext" not in done.stderr
    assert "Thread 'loader': missing ScriptRunContext" in done.stderr
    assert "of another kind" in done.stderr


@pytest.mark.parametrize("word", ["a" * 1_000_000, "a@" * 500_000, "a+" * 500_000, "@" * 1_000_000, "://" * 300_000])
def test_a_line_of_one_word_is_read_once(word: str) -> None:
    assert impersonal(f"{word} jane@doe.example=").endswith(f" {HIDDEN}@{HIDDEN}=")
    assert masked(f"jane@doe.example {word}").startswith(MASKED)


def test_an_address_is_found_wherever_a_word_begins() -> None:
    for text in ("jane@doe.example", "to=jane@doe.example", "<jane@doe.example>", "a@jane@doe.example"):
        assert "jane" not in impersonal(text)
        assert "jane" not in masked(text)
    assert impersonal("7-postgresql://jane:swordfish@db:5432/x") == f"7-postgresql://jane:{HIDDEN}@db:5432/x"
    assert impersonal("at 10:30, 5 @ 7.50") == "at 10:30, 5 @ 7.50"
