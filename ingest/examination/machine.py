"""The machine: room on the disk, what waits in the spool, an encrypted volume where one is required, the clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx

from ingest.examination.check import Check, size
from ingest.spool import size_in_bytes
from settings import Settings

LOW_DISK: Final = 2 * 2**30
# Klaviyo's limits and tokens, and the ends of walks, bear a minute; a wrong clock is usually wrong by more.
MOST_SKEW: Final = timedelta(seconds=60)
ANSWER_SECONDS: Final = 5.0
_BLOCK_DEVICES: Final = Path("/sys/dev/block")


def room(settings: Settings) -> dict[str, float]:
    """disk_free, spool: bytes."""
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    waiting = size_in_bytes(settings.spool_dir) if settings.spool_dir.exists() else 0
    return {"disk_free": float(shutil.disk_usage(folder.resolve()).free), "spool": float(waiting)}


def machine(settings: Settings) -> Iterator[Check]:
    """What can be told without any database."""
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    found = room(settings)
    free, waiting = found["disk_free"], found["spool"]
    text = f"{size(free)} free in {settings.data_dir}"
    ok = free >= LOW_DISK
    yield Check("disk", ok, text if ok else f"{text}: free some space before the next sync", "Machine")
    text = f"{size(waiting)} fetched and not loaded"
    ok = waiting < settings.spool_max_mb * 2**20
    advice = f"{text}: start the app, or run 'promolens sync', so that it is loaded"
    yield Check("spool", ok, text if ok else advice, "Machine")
    if settings.require_encrypted_volume:
        yield _encryption(folder.resolve())


def klaviyo_clock(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Check]:
    """This machine's clock beside Klaviyo's, by the date of an answer; no key is sent."""
    before = now()
    try:
        answer = httpx.head(f"{settings.klaviyo_base_url}/api/accounts", timeout=ANSWER_SECONDS)
    except httpx.HTTPError as error:
        what = f"not compared with Klaviyo's: {settings.klaviyo_base_url} does not answer ({type(error).__name__})"
        yield Check("clock", True, what, "Machine")
        return
    told = answer.headers.get("Date")
    if told is None:
        yield Check("clock", True, "not compared with Klaviyo's, which names no date", "Machine")
        return
    # The header has whole seconds, and was written some time between the question and the answer.
    skew = parsedate_to_datetime(told) - before - (now() - before) / 2
    yield Check("clock", abs(skew) <= MOST_SKEW, skew_words(skew, "Klaviyo's"), "Machine")


def skew_words(skew: timedelta, whose: str) -> str:
    """How far this machine's clock is off another one."""
    seconds = round(abs(skew).total_seconds())
    if abs(skew) <= MOST_SKEW:
        return f"within {max(seconds, 1)} s of {whose}"
    how = "behind" if skew > timedelta(0) else "ahead of"
    return f"this machine's clock is {seconds:,} s {how} {whose}: set it, or have it set by NTP"


def _encryption(folder: Path) -> Check:
    encrypted = volume_encrypted(folder)
    if encrypted:
        return Check("encryption", True, f"{folder} is on an encrypted volume", "Machine")
    found = "is not on an encrypted volume" if encrypted is False else "is on a volume of which nothing can be told"
    advice = "move DATA_DIR to one that is encrypted (LUKS), or set REQUIRE_ENCRYPTED_VOLUME=false"
    return Check("encryption", False, f"{folder} {found}: {advice}", "Machine")


def volume_encrypted(folder: Path, devices: Path = _BLOCK_DEVICES) -> bool | None:
    """Whether all that a folder's volume rests on is encrypted by the kernel; None where the system does not tell."""
    device = folder.stat().st_dev
    place = devices / f"{os.major(device)}:{os.minor(device)}"
    return _encrypted(place) if place.exists() else None


def _encrypted(device: Path) -> bool:
    uuid = device / "dm" / "uuid"
    if uuid.is_file() and uuid.read_text(encoding="ascii", errors="replace").startswith("CRYPT-"):
        return True
    below = sorted((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return bool(below) and all(_encrypted(one) for one in below)
