"""Starting our own commands and the app's server, and ending them with us."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from settings import PROJECT_ROOT


class CommandFailed(Exception):
    """A command's own failure; the text says what to do. Exit code 1."""


def require_free(host: str, port: int) -> None:
    """Raises CommandFailed where something listens on that port already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(f"Port {port} is in use. Try: promolens run --port {port + 1}") from error


def app_command(host: str, port: int, sign_in: Path | None = None) -> list[str]:
    """The command line of the app's server; sign_in: the file of providers, without which nobody signs in."""
    options = {"server.address": host, "server.port": str(port), "server.headless": "true"}
    if sign_in is not None:
        options["secrets.files"] = str(sign_in.resolve())
    return [
        sys.executable, "-m", "streamlit", "run", str(PROJECT_ROOT / "app.py"),
        *(piece for key, value in options.items() for piece in (f"--{key}", value)),
    ]  # fmt: skip


def app_environment(sign_in: Path | None, proxies: str = "127.0.0.1") -> dict[str, str]:
    """The environment of the app's server. It is told which file of providers there was when it started: one that goes
    away later lets nobody in, where without a name it would be as if there had never been sign-in.

    proxies: addresses whose word it takes for who asks, and whether by https.
    """
    told = {"FORWARDED_ALLOW_IPS": proxies}
    if sign_in is not None:
        told["SIGN_IN_FILE"] = str(sign_in.resolve())
    return dict(os.environ) | told


def call(command: list[str], environment: dict[str, str], *, stdin: str | None = None, quiet: bool = False) -> None:
    """Runs one of our own commands. Raises CommandFailed unless it ends well."""
    if wait(command, environment, stdin=stdin, quiet=quiet):
        raise CommandFailed(f"'promolens {command[3]}' failed; see above.")


def wait(command: list[str], environment: dict[str, str], *, stdin: str | None = None, quiet: bool = False) -> int:
    """Runs one of our own commands and gives its exit code; whatever ends us ends it too."""
    process = subprocess.Popen(  # noqa: S603 - our own command with our own arguments
        command,
        env=environment,
        text=True,
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE if stdin is not None else None,
        stdout=subprocess.DEVNULL if quiet else None,
    )
    try:
        process.communicate(stdin)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
    return process.returncode
