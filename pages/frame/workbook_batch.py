"""The files that a person handed in on the page of workbooks: kept until they are loaded or taken away."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import streamlit as st

from analytics.workbooks import Choices
from data_access.jobs import new_job_id
from pages.frame import clock
from settings import get_settings

KEY: Final = "workbooks.batch"
TURN: Final = "workbooks.turn"
# What was handed in and never loaded is thrown away after a day.
KEPT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Batch:
    """Files in a folder of their own, what was chosen for them, and the id that their load has: the same files with the
    same choices are loaded once, however often the button is pressed."""

    job: str
    files: tuple[str, ...] = ()
    choices: Choices = field(default_factory=Choices)
    is_started: bool = False

    @property
    def folder(self) -> Path:
        return _root() / self.job.partition("#")[0]

    @property
    def paths(self) -> list[Path]:
        """In the order in which they came."""
        return [self.folder / name for name in self.files]

    @property
    def mark(self) -> str:
        """Another one, other files or choices."""
        sizes = [f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in self.paths]
        return hashlib.sha256(repr((sizes, self.choices)).encode()).hexdigest()[:16]


def _root() -> Path:
    return get_settings().data_dir / "uploads"


def current() -> Batch:
    """The session's batch; an empty one where nothing was handed in."""
    found = st.session_state.get(KEY)
    if isinstance(found, Batch) and all(path.is_file() for path in found.paths):
        return found
    return keep(Batch(new_job_id(clock.now())))


def keep(batch: Batch) -> Batch:
    """Has the next run work with it."""
    st.session_state[KEY] = batch
    return batch


def turn() -> int:
    """The number of the present uploader: what it was given is kept here, and it is empty again."""
    return int(st.session_state.get(TURN, 0))


def take(batch: Batch, uploads: Sequence[Any]) -> Batch:
    """The batch with uploaded files; one of a name that is there already takes its place."""
    _throw_old_away()
    batch.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = list(batch.files)
    for upload in uploads:
        name = Path(str(upload.name).replace("\\", "/")).name or "file"
        (batch.folder / name).write_bytes(upload.getbuffer())
        (batch.folder / name).chmod(0o600)
        if name not in names:
            names.append(name)
    st.session_state[TURN] = turn() + 1
    return keep(replace(batch, files=tuple(names)))


def without(batch: Batch, name: str) -> Batch:
    """The batch without one file."""
    (batch.folder / name).unlink(missing_ok=True)
    sheets = {place: one for place, one in batch.choices.sheets.items() if place[0] != name}
    choices = replace(batch.choices, sheets=sheets)
    return keep(replace(batch, files=tuple(one for one in batch.files if one != name), choices=choices))


def clear(batch: Batch) -> None:
    """Ends it: its files are loaded."""
    shutil.rmtree(batch.folder, ignore_errors=True)
    st.session_state.pop(KEY, None)


def again(batch: Batch) -> Batch:
    """The same files for another try: its load has another id."""
    fresh = new_job_id(clock.now())
    if batch.folder.is_dir():
        batch.folder.rename(_root() / fresh)
    return keep(replace(batch, job=fresh, is_started=False))


def _throw_old_away() -> None:
    if not _root().is_dir():
        return
    for folder in _root().iterdir():
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
