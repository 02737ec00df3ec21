"""Entry points of the local Klaviyo: `python -m demo.emulator`, `serve(…)`, and `running_emulator(…)` for tests.

A key that begins with `pk_demo2` opens the second account, any other `pk_…` the first.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn

from demo.api.app import ConnectionCut, Emulator
from demo.api.faults import UnknownFault
from demo.ledger import Ledger, build_ledger
from demo.store import Store, make_store

__all__ = ["Emulator", "RunningEmulator", "make_emulator", "make_store", "running_emulator", "serve"]

FIRST_KEY = "pk_demo1_0000000000000000000000000000"
SECOND_KEY = "pk_demo2_0000000000000000000000000000"
START_SECONDS = 600.0


class _WithoutCuts(logging.Filter):
    """A connection that was cut on purpose is no error to report."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], ConnectionCut))


def make_emulator(
    events: int = 200_000,
    seed: int = 7,
    now: datetime | None = None,
    *,
    limits: bool = True,
    faults: Mapping[str, object] | None = None,
    latency: float = 0.0,
    prepare: bool = False,
    since: datetime | None = None,
    cache: Path | None = None,
    clock: Callable[[], float] = time.time,
    store: Store | None = None,
) -> Emulator:
    """The application over its store. `latency` in milliseconds, `clock` in UTC seconds for the rate windows.

    Raises ValueError for a bad size or time, UnknownFault for a switch that does not exist.
    """
    emulator = Emulator(store or make_store(seed, events, now, since=since, cache=cache), limits=limits, clock=clock)
    emulator.faults.update({**(faults or {}), **({"latency": latency} if latency else {})})
    if prepare:
        emulator.prepare()
    return emulator


def _server(emulator: Emulator, port: int) -> tuple[uvicorn.Server, socket.socket]:
    config = uvicorn.Config(
        emulator,
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=75,
        server_header=False,
        date_header=True,
    )
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named: asyncio then sends without delay
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(256)
    logging.getLogger("uvicorn.error").addFilter(_WithoutCuts())
    return uvicorn.Server(config), listener


def serve(
    port: int = 0,
    events: int = 200_000,
    seed: int = 7,
    now: datetime | None = None,
    limits: bool = True,
    latency: float = 0.0,
    prepare: bool = False,
    ledger: Path | None = None,
    faults: Mapping[str, object] | None = None,
    *,
    since: datetime | None = None,
    cache: Path | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serves on 127.0.0.1 until it is interrupted; `ready` gets the base URL (default: a JSON line on stdout).

    `now` None lets the stores follow the wall clock. Raises OSError when the port is taken.
    """
    emulator = make_emulator(
        events, seed, now, limits=limits, faults=faults, latency=latency, prepare=prepare, since=since, cache=cache
    )
    if ledger is not None:
        build_ledger(emulator).write(ledger)
    server, listener = _server(emulator, port)
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    if ready is not None:
        ready(base_url)
    else:
        sys.stdout.write(json.dumps({"base_url": base_url}) + "\n")
        sys.stdout.flush()
    try:
        asyncio.run(server.serve(sockets=[listener]))
    except KeyboardInterrupt:
        return
    finally:
        emulator.close()


class RunningEmulator:
    """A handle on a running emulator: its address, its truth, what it was asked, and its switches."""

    def __init__(self, base_url: str, app: Emulator | None) -> None:
        self.base_url = base_url
        self.app = app
        self.api_key = FIRST_KEY
        self.second_api_key = SECOND_KEY

    def _call(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.base_url + path, data=data)  # noqa: S310 - its own address on 127.0.0.1
        with urlopen(request, timeout=120) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read())
            return found

    @property
    def ledger(self) -> Ledger:
        """The truth at this moment, under the faults in force."""
        if self.app is not None:
            return build_ledger(self.app)
        told = self._call("/_control/ledger")
        return Ledger(told["now"], told["since"], told["seed"], told["events"], told["accounts"])

    @property
    def requests(self) -> dict[str, int]:
        """Requests so far by operation (`get_events`, `query_flow_series`, …)."""
        found: dict[str, int] = self.state()["requests"]
        return found

    @property
    def log(self) -> list[str]:
        """Each request's method and address in order; only in process."""
        return list(self.app.log) if self.app is not None else []

    def state(self) -> dict[str, Any]:
        return self.app.state() if self.app is not None else self._call("/_control")

    def set_faults(self, **faults: object) -> None:
        self._set({"faults": faults})

    def set_now(self, now: datetime | None) -> None:
        """Moves the present of both stores; later events appear, as if time had passed."""
        self._set({"now": None if now is None else now.isoformat()})

    def set_oauth(self, *, expires_in: int | None = None, end: str | None = None) -> None:
        """How long access tokens live that are issued from now on; `end` ends the sign-ins of an account, or 'all'."""
        wanted: dict[str, Any] = {} if expires_in is None else {"expires_in": expires_in}
        self._set({"oauth": wanted if end is None else {**wanted, "end": end}})

    def reset_counts(self) -> None:
        self._set({"reset": True})

    def _set(self, wanted: dict[str, Any]) -> None:
        if self.app is not None:
            self.app.control(wanted)
        else:
            self._call("/_control", wanted)


@contextlib.contextmanager
def running_emulator(
    events: int = 1_000,
    seed: int = 7,
    now: datetime | None = None,
    faults: Mapping[str, object] | None = None,
    limits: bool = False,
    *,
    latency: float = 0.0,
    prepare: bool = False,
    port: int = 0,
    since: datetime | None = None,
    cache: Path | None = None,
    clock: Callable[[], float] = time.time,
    process: bool = False,
) -> Iterator[RunningEmulator]:
    """Runs the emulator beside the caller: in a thread, or with `process=True` in a process of its own (benchmarks)."""
    if process:
        with _in_process(events, seed, now, faults, limits, latency, prepare, port, since, cache) as running:
            yield running
        return
    emulator = make_emulator(
        events,
        seed,
        now,
        limits=limits,
        faults=faults,
        latency=latency,
        prepare=prepare,
        since=since,
        cache=cache,
        clock=clock,
    )
    server, listener = _server(emulator, port)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True, name="emulator"
    )
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield RunningEmulator(f"http://127.0.0.1:{listener.getsockname()[1]}", emulator)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=10)
        listener.close()
        emulator.close()


@contextlib.contextmanager
def _in_process(
    events: int,
    seed: int,
    now: datetime | None,
    faults: Mapping[str, object] | None,
    limits: bool,
    latency: float,
    prepare: bool,
    port: int,
    since: datetime | None,
    cache: Path | None,
) -> Iterator[RunningEmulator]:
    command = [sys.executable, "-m", "demo.emulator", "--port", str(port), "--events", str(events), "--seed", str(seed)]
    command += ["--now", now.isoformat()] if now else []
    command += ["--since", since.isoformat()] if since else []
    command += ["--cache", str(cache)] if cache else []
    command += [] if limits else ["--no-limits"]
    command += ["--latency", str(latency)] if latency else []
    command += ["--prepare"] if prepare else []
    for name, value in (faults or {}).items():
        command += ["--fault", f"{name}={value}"]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as child:  # noqa: S603 - this module
        try:
            line = child.stdout.readline() if child.stdout else ""
            if not line:
                raise RuntimeError(f"the emulator did not start (exit code {child.wait(10)})")
            yield RunningEmulator(str(json.loads(line)["base_url"]), None)
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("give a time zone, for example 2026-07-01T00:00:00+00:00")
    return found


def _fault(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("give NAME=VALUE, for example burst_429=5:2")
    return name, value


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m demo.emulator",
        description="A local Klaviyo with two synthetic accounts.",
        epilog="Example: python -m demo.emulator --port 8787 --events 200000 --fault burst_429=5:2",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--events", type=int, default=200_000, help="size of the first account's first two years")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--now", type=_moment, help="the stores' present (default: the wall clock)")
    parser.add_argument("--since", type=_moment, help="start of history (default: two years before this quarter)")
    parser.add_argument("--no-limits", action="store_true", help="no rate windows")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS")
    parser.add_argument("--prepare", action="store_true", help="render pages' parts ahead")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="write the truth as JSON")
    parser.add_argument("--cache", type=Path, metavar="FOLDER")
    parser.add_argument("--fault", type=_fault, action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args(arguments)
    try:
        serve(
            given.port,
            given.events,
            given.seed,
            given.now,
            not given.no_limits,
            given.latency,
            given.prepare,
            given.ledger,
            dict(given.fault),
            since=given.since,
            cache=given.cache,
        )
    except UnknownFault as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the emulator could not start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
