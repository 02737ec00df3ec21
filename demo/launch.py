"""The demo beside the real data: a local Klaviyo on a free port, and a folder of its own for what is synced from it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.rates import write_rates
from demo.world.clock import since_for
from settings import PROJECT_ROOT

API_KEYS = ("pk_demo1_synthetic_store", "pk_demo2_synthetic_store")
STARTUP_SECONDS = 300


class DemoFailed(Exception):
    """The local Klaviyo did not start; `str()` says why."""


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A running local Klaviyo, the folder that its stores are synced into, and the rates of their foreign orders."""

    base_url: str
    api_keys: tuple[str, ...]
    since: datetime
    folder: Path
    rates: Path


def demo_environment(environment: Mapping[str, str], store: DemoStore) -> dict[str, str]:
    """The environment of a command that works on the demo instead of the real data."""
    hidden = {
        "DATABASE_URL",
        "WAREHOUSE_URL",
        "KLAVIYO_API_KEY",
        "DB_HOST",
        "DB_PORT",
        "DB_USER",
        "DB_PASSWORD",
        "DB_NAME",
    }
    kept = {key: value for key, value in environment.items() if key.upper() not in hidden}
    # Set, not only left out: an `.env` file would fill a gap with the real account or the real databases.
    file = f"duckdb:///{(store.folder / 'promolens.duckdb').resolve()}"
    return kept | {
        "DATA_DIR": str(store.folder.resolve()),
        "DATABASE_URL": file,
        "WAREHOUSE_URL": file,
        "KLAVIYO_API_KEY": "",
        "KLAVIYO_BASE_URL": store.base_url,
        "KLAVIYO_LIMITS": "false",
    }


@contextmanager
def running_demo(folder: Path, *, events: int, seed: int, fresh: bool = False) -> Iterator[DemoStore]:
    """Serves the demo stores until the block ends. The same folder always shows the same stores, which live on as time
    passes; `fresh` throws the folder away and makes them anew. Raises DemoFailed."""
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    since = _history_start(folder, events, seed)
    command = [sys.executable, "-m", "demo.emulator", "--port", "0", "--events", str(events), "--seed", str(seed)]
    command += ["--since", since.isoformat(), "--no-limits"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)  # noqa: S603 - our own
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise DemoFailed(f"The local Klaviyo did not start (exit code {process.wait(STARTUP_SECONDS)}).")
        rates = write_rates(folder, since, datetime.now(UTC))
        yield DemoStore(json.loads(line)["base_url"], API_KEYS, since, folder, rates.resolve())
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _history_start(folder: Path, events: int, seed: int) -> datetime:
    """Where the stores' history begins: as the folder's record says, otherwise as of today."""
    record = folder / "demo.json"
    if record.is_file():
        known = json.loads(record.read_text(encoding="utf-8"))
        if (known["events"], known["seed"]) != (events, seed):
            raise DemoFailed(
                f"{folder} holds a demo of {known['events']} events from seed {known['seed']}. Use the same, or add"
                " --fresh to throw it away."
            )
        return datetime.fromisoformat(known["since"])
    since = since_for(datetime.now(UTC))
    folder.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"since": since.isoformat(), "events": events, "seed": seed}), encoding="utf-8")
    return since
