"""ClickHouse's HTTP protocol in front of embedded ClickHouse, in a process that a test may stop, kill and start again.

The client's requests and the engine are the real ones; the server between them is not: it knows no users, no
compression and no statement limits. `python -m tests.clickhouse_over_http PORT FOLDER` is that process.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from settings import PROJECT_ROOT
from tests.canaries import planted

_TRANSPORT = {
    "query", "database", "buffer_size", "session_id", "session_timeout", "session_check", "query_id", "quota_key",
    "compress", "decompress", "wait_end_of_query", "client_protocol_version", "role", "enable_http_compression",
    "send_progress_in_http_headers", "http_headers_progress_interval_ms",
}  # fmt: skip
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)


class _Session:
    """One connection to the engine with the settings and temporary tables of one session."""

    def __init__(self, folder: str) -> None:
        import chdb

        self._connection = chdb.connect(folder)
        self._lock = threading.Lock()
        self._set: dict[str, str] = {}
        self._database = "default"
        self._connection.query("SET max_threads = 1", "TabSeparated")  # see EMBEDDED_SETTINGS

    def run(self, sql: str, asked: dict[str, str], database: str) -> tuple[bytes, int]:
        """The answer, and how many rows were read; raises RuntimeError with the engine's message."""
        with self._lock:
            wanted = {name: value for name, value in asked.items() if not name.startswith("param_")}
            told = [f"{name} = DEFAULT" for name in self._set.keys() - wanted.keys()]
            told += [f"{name} = {_quoted(value)}" for name, value in wanted.items() if self._set.get(name) != value]
            if told:
                self._connection.query(f"SET {', '.join(told)}", "TabSeparated")
            self._set = wanted
            if database != self._database:
                self._connection.query(f"USE `{database}`", "TabSeparated")
                self._database = database
            params = {name[6:]: value for name, value in asked.items() if name.startswith("param_")}
            found = self._connection.query(sql, "TabSeparated", params=params)
            return found.bytes() or b"", int(found.rows_read())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _handler(folder: str) -> type[BaseHTTPRequestHandler]:
    sessions: dict[str, _Session] = {"": _Session(folder)}
    guard = threading.Lock()
    # The next statement that matches `pattern` is not answered: it has run by then (`after`), or it has not.
    fault = {"pattern": "", "after": "0"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            place = urlsplit(self.path)
            asked = dict(parse_qsl(place.query, keep_blank_values=True))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if place.path == "/fault":
                fault.update(asked)
            if place.path in ("/fault", "/ping"):
                self._answer(200, b"Ok.\n", {})
                return
            sql = asked["query"] if "query" in asked else body.decode()
            with guard:
                lost = bool(fault["pattern"] and re.search(fault["pattern"], sql))
                if lost:
                    fault["pattern"] = ""
            if lost and fault["after"] == "0":
                self._hang_up()
                return
            status, answer, headers = self._run(sql, body if "query" in asked else b"", asked)
            if lost:
                self._hang_up()
                return
            self._answer(status, answer, headers)

        do_GET = do_POST

        def _run(self, sql: str, data: bytes, asked: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
            session, database = self._session(asked.get("session_id", "")), asked.get("database", "default")
            given = {name: value for name, value in asked.items() if name not in _TRANSPORT}
            headers = {"X-ClickHouse-Timezone": "UTC"}
            try:
                if data:
                    with tempfile.NamedTemporaryFile(suffix=".data") as file:
                        file.write(data)
                        file.flush()
                        answer, rows = session.run(
                            _FORMAT.sub(rf"FROM INFILE '{file.name}' FORMAT \1", sql), given, database
                        )
                else:
                    answer, rows = session.run(sql, given, database)
            except RuntimeError as error:
                text = str(error)
                code = re.search(r"Code: (\d+)", text)
                headers["X-ClickHouse-Exception-Code"] = code.group(1) if code else "1002"
                return (404 if code and code.group(1) == "81" else 500), text[text.find("Code: ") :].encode(), headers
            found = _FORMAT.search(sql)
            if answer or found:
                headers["X-ClickHouse-Format"] = found.group(1) if found else "TabSeparated"
            headers["X-ClickHouse-Summary"] = json.dumps({"read_rows": str(rows), "written_rows": str(rows)})
            return 200, answer, headers

        def _session(self, name: str) -> _Session:
            with guard:
                if name not in sessions:
                    sessions[name] = _Session(folder)
                return sessions[name]

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    return Handler


@dataclass
class HttpServer:
    """The process, its port and the folder of the database, which outlives it."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "shop") -> str:
        return f"clickhousedb://default:{planted('warehouse')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.clickhouse_over_http", str(self.port), str(self.folder)]
        self._process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)})
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def lose(self, pattern: str, *, after: bool) -> None:
        """The connection breaks at the next statement that matches: after it has run, or before."""
        asked = f"after={int(after)}&pattern={quote(pattern)}"
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/fault?{asked}", timeout=5).close()


@contextmanager
def running(folder: Path) -> Iterator[HttpServer]:
    """A started server; it is killed at the end, as in a power cut."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = HttpServer(folder, free.getsockname()[1])
    try:
        server.start()
        yield server
    finally:
        server.kill()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _handler(sys.argv[2])).serve_forever()
