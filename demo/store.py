"""The synthetic store on disk: worlds are rebuilt from their seed, rendered events are kept in a cache folder.

Folder: `<cache>/<key>/<account>/events.bin`, `events.npy`, `attributions.bin`, `attributions.npy`. The key holds the
seed, the size, the start of history and a checksum of the generator's code, so a stale cache is never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from demo.world.build import World, build_world
from demo.world.clock import since_for
from demo.world.writer import write_events

ACCOUNTS = 2
STALE_SECONDS = 86_400
SMALLEST, LARGEST = 1_000, 5_000_000


@dataclass(frozen=True)
class AccountFiles:
    world: World
    folder: Path


@dataclass(frozen=True)
class Store:
    """Two accounts; `now` is where their history is cut at first (None: the wall clock, moving)."""

    seed: int
    events: int
    since: datetime
    now: datetime | None
    accounts: tuple[AccountFiles, ...]


def default_cache() -> Path:
    return Path(tempfile.gettempdir()) / f"promolens-demo-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _generator_checksum() -> str:
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "world").glob("*.py")):
        digest.update(path.read_bytes())
    digest.update(np.__version__.encode())
    return digest.hexdigest()[:12]


def _render(world: World, folder: Path) -> None:
    if (folder / "events.npy").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        write_events(world, scratch)
        with contextlib.suppress(OSError):  # another process was faster: its files are the same
            scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _forget_stale(folder: Path, checksum: str) -> None:
    """Removes what an older generator left, once it is a day old; a running emulator keeps its open files."""
    border = time.time() - STALE_SECONDS
    for path in folder.glob("s*-n*-*"):
        if not path.name.endswith(checksum) and path.stat().st_mtime < border:
            shutil.rmtree(path, ignore_errors=True)


def make_store(
    seed: int = 7,
    events: int = 200_000,
    now: datetime | None = None,
    *,
    since: datetime | None = None,
    cache: Path | None = None,
) -> Store:
    """Builds or reopens the store of (seed, events, since).

    `events` (1,000 … 5,000,000) is the number of the first account's events in its first two years; the second has a
    fifth. `now` is an aware time; `since` defaults to two years before its quarter began. Raises ValueError for a size
    outside the bounds or a naive time.
    """
    if not SMALLEST <= events <= LARGEST:
        raise ValueError(f"events must lie between {SMALLEST:,} and {LARGEST:,}")
    if now is not None and now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    begin = since or since_for((now or datetime.now(UTC)).astimezone(UTC))
    folder, checksum = cache or default_cache(), _generator_checksum()
    root = folder / f"s{seed}-n{events}-{begin:%Y%m%d}-{checksum}"
    _forget_stale(folder, checksum)
    accounts = []
    for number in range(ACCOUNTS):
        world = build_world(number, seed, events, begin)
        _render(world, root / str(number))
        accounts.append(AccountFiles(world, root / str(number)))
    return Store(seed, events, begin, now, tuple(accounts))
