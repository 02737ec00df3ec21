"""An embedded database file that cannot be read: it is set aside, never deleted, and the way back is named.

Nothing is decided for the person: until a backup is restored, the last checkpoint taken or a new database begun,
whoever opens the database is told the same. No empty database takes the damaged one's place unasked.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from data_access.errors import StoreDamaged, StoreError, StoreFull
from settings import Settings

S = TypeVar("S")
# How a log begins that DuckDB takes in; one that begins otherwise it passes over without a word.
_LOG_BEGINS = b"\x64\x00\x62"


@dataclass(frozen=True, slots=True)
class Damage:
    """What was set aside. aside: the file's name now. log_only: the file itself may be whole. text: for people."""

    aside: Path
    log_only: bool
    text: str


def opened(path: Path, settings: Settings, make: Callable[[], S]) -> S:
    """Opens the file by `make`; a damaged one is set aside with its log. Raises StoreDamaged, StoreError."""
    known = noted(path)
    if known is not None and not path.exists():
        raise StoreDamaged(known.text)
    if _log_unreadable(path):
        raise StoreDamaged(_set_aside(path, settings, "its log of the last changes is overwritten", True).text)
    try:
        return make()
    except StoreDamaged as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        log_only = "WAL file" in reason and "enough bytes" not in reason and "database file:" not in reason
        raise StoreDamaged(_set_aside(path, settings, reason, log_only).text) from error


def noted(path: Path) -> Damage | None:
    """What was set aside of this database and not been settled yet."""
    try:
        told = json.loads(_note(path).read_text(encoding="utf-8"))
        return Damage(Path(told["aside"]), bool(told["log_only"]), str(told["text"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def settled(path: Path) -> None:
    """A database is in place again."""
    _note(path).unlink(missing_ok=True)


def begin_empty(path: Path) -> None:
    """Lets the next command make a new, empty database. Raises StoreError where the old one was not set aside."""
    _require_noted(path)
    settled(path)


def take_last_checkpoint(path: Path) -> None:
    """Puts the set aside file in place again without its log. Raises StoreError where the file itself is damaged."""
    known = _require_noted(path)
    if not known.log_only:
        raise StoreError(f"The file {known.aside} itself is damaged, so that it has no last checkpoint to take.")
    try:
        new = path.with_name(f"{path.name}.restoring")
        shutil.copy2(known.aside, new)
        new.replace(path)
    except OSError as error:
        raise StoreFull(f"{path} cannot be written: {error.strerror}.") from error
    settled(path)


def _require_noted(path: Path) -> Damage:
    known = noted(path)
    if known is None or path.exists():
        raise StoreError(f"{path} was not set aside as damaged: there is nothing to decide.")
    return known


def _set_aside(path: Path, settings: Settings, reason: str, log_only: bool) -> Damage:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    log = path.with_name(f"{path.name}.wal")
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    found = Damage(aside, log_only, _told(path, aside, settings, reason, saved if log_only else None))
    try:
        # The note first: whatever ends this process in between, nobody takes the gap for a new installation.
        _note(path).write_text(
            json.dumps({"aside": str(aside), "log_only": log_only, "text": found.text}, ensure_ascii=False),
            encoding="utf-8",
        )
        if log.exists():
            log.rename(aside.with_name(f"{aside.name}.wal"))
        path.rename(aside)
    except OSError as error:
        raise StoreFull(f"{path} is damaged and cannot be set aside: {error.strerror}. {reason}") from error
    return found


def _told(path: Path, aside: Path, settings: Settings, reason: str, checkpoint: datetime | None) -> str:
    from data_access.operations.manifest import newest_good  # it reads the migrations of opened stores

    text = [f"{path} is damaged and was set aside as {aside.name}: {reason.rstrip('.')}."]
    if checkpoint is not None:
        text.append(
            f"Only its log of the last changes is damaged: 'promolens restore --last-checkpoint' takes the database as"
            f" of {checkpoint:%d %b %Y %H:%M} UTC, and the next sync reads what came after."
        )
    backup = newest_good(settings.backup_folder)
    if backup is None:
        text.append(f"There is no backup in {settings.backup_folder}: name another folder, 'promolens restore DIR'.")
    else:
        place, found = backup
        text.append(
            f"The newest good backup is of {found.created_at:%d %b %Y %H:%M} UTC: 'promolens restore {place}'. What"
            " came from Klaviyo since then is read again by the next sync; settings, rates and promotions saved since"
            " then are lost."
        )
    text.append("To begin with an empty database: 'promolens restore --empty'.")
    return " ".join(text)


def _log_unreadable(path: Path) -> bool:
    try:
        with path.with_name(f"{path.name}.wal").open("rb") as log:
            begins = log.read(len(_LOG_BEGINS))
    except OSError:
        return False
    return bool(begins) and path.exists() and begins != _LOG_BEGINS[: len(begins)] and not _held(path)


def _held(path: Path) -> bool:
    """Whether another process has the file open, and is writing its log."""
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged.json")
