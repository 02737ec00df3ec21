"""A real server, a local Klaviyo and a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, sync_playwright

from demo.emulator import running_emulator
from settings import PROJECT_ROOT
from tests import canaries
from tests.availability import unavailable
from tests.canaries import planted

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
AT_REST = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
}"""
KEYS = (f"pk_demo1_{planted('first')}", f"pk_demo2_{planted('second')}")
START_SECONDS = 60


@dataclass(slots=True)
class Served:
    """A running app: its address and the environment that its commands share."""

    url: str
    environment: dict[str, str]
    data_dir: Path
    process: subprocess.Popen[bytes]


@dataclass(slots=True)
class Visit:
    """One person's browser window on the app; what must never happen in it is collected."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def open(self, address: str = "/") -> Page:
        """Goes to an address of the app and waits until the page stands still."""
        self.page.goto(self.url + address)
        return self.settle()

    def settle(self) -> Page:
        """Waits until the script has ended and nothing is stale."""
        self.page.wait_for_function(AT_REST, timeout=60_000)
        return self.page


Visitor = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as Debian has it."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        unavailable("there is no Chromium: install the package 'chromium', or set CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens windows, each with a session of its own; at the end none of them may have seen a fault."""
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def come(served: Served, *, scheme: str = "light", width: int = 1440, beside: str = "") -> Visit:
        """`beside`: the address of another host that the browser is sent to."""
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        visit = Visit(context.new_page(), served.url)
        visit.page.on("websocket", _listen)
        visit.page.on("pageerror", lambda error: visit.faults.append(f"script error: {error}"))
        visit.page.on(
            "console",
            lambda said: visit.faults.append(said.text[:300]) if "Content Security Policy" in said.text else None,
        )
        visit.page.on(
            "request",
            lambda request: (
                visit.faults.append(f"asked another host: {request.url}")
                if request.url.startswith("http")
                and not request.url.startswith((served.url, beside or served.url))
                and not (beside and request.frame.url.startswith(beside))
                else None
            ),
        )
        contexts.append(context)
        visits.append(visit)
        return visit

    yield come
    shown = [fault for visit in visits for fault in visit.faults]
    for visit in visits:
        shown += [f"exception shown: {text}" for text in visit.page.get_by_test_id("stException").all_inner_texts()]
    for context in contexts:
        context.close()
    assert shown == []


def _listen(socket: WebSocket) -> None:
    """All that the server sends to a page is searched for secrets."""
    socket.on("framereceived", lambda frame: canaries.search("what a page sends to the browser", frame))


@contextmanager
def serving(
    folder: Path, base_url: str, prepare: Callable[[Path], None] | None = None, **more: str
) -> Iterator[Served]:
    """Two registered stores (none without a Klaviyo at `base_url`) and the app on a free port, by the commands that a
    person uses.

    `prepare` is given the folder before the app starts; `more` are further variables of the environment.
    """
    environment = {**os.environ, "DATA_DIR": str(folder), "KLAVIYO_BASE_URL": base_url, "KLAVIYO_LIMITS": "false"}
    # Nothing begins by the clock unless a test asks for it.
    environment.update({"SCHEDULE": "off", "SYNC_PAUSE_SECONDS": "0"} | more)
    for name in ("DATABASE_URL", "WAREHOUSE_URL", "KLAVIYO_API_KEY"):
        environment[name] = more.get(name, "")
    promolens = [sys.executable, "-m", "cli"]
    subprocess.run([*promolens, "migrate"], env=environment, cwd=PROJECT_ROOT, check=True, capture_output=True)
    for key in KEYS if base_url else ():
        subprocess.run(
            [*promolens, "account", "add", "--api-key-stdin"],
            env=environment, cwd=PROJECT_ROOT, check=True, capture_output=True, input=key, text=True,
        )  # fmt: skip
    if prepare is not None:
        prepare(folder)
    with running_app(folder, environment) as app:
        yield app


@contextmanager
def running_app(folder: Path, environment: dict[str, str]) -> Iterator[Served]:
    """The app's server on a free port; ended with the block, unless it has ended already."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = folder / "server.log"
    with log.open("ab") as out:
        server = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            _await(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield Served(f"http://127.0.0.1:{port}", environment, folder, server)
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a quick local Klaviyo; nothing is synced yet."""
    with (
        running_emulator(events=4_000, seed=11) as klaviyo,
        serving(tmp_path_factory.mktemp("served"), klaviyo.base_url) as app,
    ):
        yield app


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a local Klaviyo whose every answer takes a second."""
    with (
        running_emulator(events=4_000, seed=11, latency=1000) as klaviyo,
        serving(tmp_path_factory.mktemp("slow"), klaviyo.base_url) as app,
    ):
        yield app


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")
