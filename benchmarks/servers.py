"""The processes that a benchmark measures: a local Klaviyo and the app, each on a free port of 127.0.0.1."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from settings import PROJECT_ROOT

NOW = "2026-11-15T10:00:00+00:00"
EVENTS_ONLY = ("metrics", "events")


class NotStarted(Exception):
    """A server did not come up."""


def environment(folder: Path, base_url: str = "http://127.0.0.1:9", **more: str) -> dict[str, str]:
    """The environment of commands that work in `folder` against the Klaviyo at `base_url`, without rate windows."""
    file = f"duckdb:///{folder / 'promolens.duckdb'}"
    own = {"DATA_DIR": str(folder), "DATABASE_URL": file, "WAREHOUSE_URL": file, "KLAVIYO_BASE_URL": base_url}
    return {**os.environ, **own, "KLAVIYO_API_KEY": "", "KLAVIYO_LIMITS": "false", "SCHEDULE": "off", **more}


@contextmanager
def local_klaviyo(events: int, *, latency_ms: int = 0, prepare: bool = False, seed: int = 7) -> Iterator[str]:
    """A local Klaviyo without rate windows; its address."""
    command = [sys.executable, "-m", "demo.emulator", "--port", "0", "--events", str(events), "--seed", str(seed)]
    command += ["--now", NOW, "--no-limits", "--latency", str(latency_ms), *(["--prepare"] if prepare else [])]
    with _process(command, os.environ, stdout=subprocess.PIPE) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise NotStarted("the local Klaviyo did not start")
        yield json.loads(line)["base_url"]


@contextmanager
def app_server(env: Mapping[str, str], *, gc: bool | None = None) -> Iterator[tuple[str, int]]:
    """The app on a free port; its address and process id. `gc` overrides runner.postScriptGC."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    if gc is not None:
        command += ["--runner.postScriptGC", str(gc).lower()]
    with _process(command, env, stdout=subprocess.DEVNULL) as process:
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(f"{base}/_stcore/health", timeout=2):
                    yield base, process.pid
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise NotStarted("the app did not start")


@contextmanager
def _process(command: list[str], env: Mapping[str, str], stdout: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=dict(env), stdout=stdout, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def promolens(*arguments: str, env: Mapping[str, str]) -> dict[str, object]:
    """One command with --json; its answer. Raises CalledProcessError."""
    command = [sys.executable, "-m", "cli", *arguments, "--json"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=dict(env), check=False, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        done.check_returncode()
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def new_store(folder: Path, base_url: str, key: str = "pk_demo1_bench") -> dict[str, str]:
    """A migrated database in `folder` with one registered account; the environment of its commands."""
    folder.mkdir(parents=True, exist_ok=True)
    env = environment(folder, base_url)
    promolens("migrate", env=env)
    command = [sys.executable, "-m", "cli", "account", "add", "--api-key-stdin"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=env, check=True, capture_output=True, text=True, input=key)
    return env


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
