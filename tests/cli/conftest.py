"""Runs commands in this process, on a data folder of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from data_access.stores import close_stores, open_stores
from settings import Settings, get_settings
from tests.canaries import search_rows


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    @property
    def error(self) -> str:
        """The one line that an error is. Fails where there is more, or a traceback."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("Error: ")
        return lines[0].removeprefix("Error: ")


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command in this process, on a data folder of the test's own."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*words: str, stdin: str = "") -> Answer:
        get_settings.cache_clear()
        done = CliRunner().invoke(cli.app, list(words), input=stdin)
        return Answer(done.exit_code, done.stdout, done.stderr)

    yield invoke
    monkeypatch.undo()
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    search_rows(stores)
    close_stores(stores)
    get_settings.cache_clear()


@pytest.fixture
def migrated(run: Run) -> Run:
    assert run("migrate").code == 0
    return run
