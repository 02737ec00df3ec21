"""The app as its container runs it: nothing but its data folder and /tmp can be written to, and it has no rights of the
kernel's. The kernel is asked for the same as a container asks it for; the image itself is not built here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import PROJECT_ROOT
from tests.e2e.conftest import Served, _await
from tests.e2e.test_door import session_of, talking

# Everything is read-only but two folders, in which it begins; then all rights are given up for good.
SHUT_IN = """set -e
for place in "$DATA_DIR" "$TMPDIR" "$CODE"; do mount --bind "$place" "$place"; done
mount -o remount,bind,ro "$CODE"
mount -o remount,bind,ro /
cd "$CODE"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


@pytest.fixture(scope="module")
def shut_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, str]]:
    """How a command is run so, and its environment."""
    folder = tmp_path_factory.mktemp("shut_in")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "WAREHOUSE_URL")}
    environment |= {"CODE": str(PROJECT_ROOT), "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("DATA_DIR", "TMPDIR"):
        (folder / name).mkdir()
        environment[name] = str(folder / name)
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", SHUT_IN, "sh"]
    if not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("there is no unshare or setpriv: install the package 'util-linux'")
    if subprocess.run([*command, "true"], env=environment, capture_output=True, check=False).returncode:
        pytest.skip("this machine's kernel lets nobody make mounts of their own")
    return command, environment


@pytest.fixture(scope="module")
def app(shut_in: tuple[list[str], dict[str, str]]) -> Iterator[Served]:
    """The command of the image."""
    command, environment = shut_in
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(environment["DATA_DIR"])
    log = folder / "server.log"
    with log.open("ab") as out:
        server = subprocess.Popen(
            [*command, sys.executable, "-m", "cli", "run", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
        try:
            _await(f"http://127.0.0.1:{port}/readyz", server, log)
            yield Served(f"http://127.0.0.1:{port}", environment, folder, server)
        finally:
            server.terminate()
            server.wait(30)


def test_what_is_shut_in_writes_nowhere_else(shut_in: tuple[list[str], dict[str, str]]) -> None:
    command, environment = shut_in
    for place, may in (("CODE", False), ("DATA_DIR", True), ("TMPDIR", True)):
        tried = subprocess.run(
            [*command, "touch", f"{environment[place]}/tried"], env=environment, capture_output=True, check=False
        )
        assert (tried.returncode == 0) is may, place
    status = subprocess.run(
        [*command, "cat", "/proc/self/status"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (told["CapEff"], told["CapBnd"], told["NoNewPrivs"]) == ("0" * 16, "0" * 16, "1")


def test_the_app_serves_from_there(app: Served) -> None:
    with talking(app) as line:
        assert session_of(line)
    assert (app.data_dir / "promolens.duckdb").stat().st_size > 0
    said = (app.data_dir / "server.log").read_text(encoding="utf-8")
    assert "Read-only file system" not in said
    assert "Traceback" not in said
