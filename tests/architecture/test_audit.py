"""Known holes in packages are looked for by `make check`, and it never passes in silence what nobody looked at."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from settings import PROJECT_ROOT
from tests.availability import unavailable

SCRIPT = PROJECT_ROOT / "scripts" / "audit.py"
HOLE = {
    "id": "PYSEC-2099-1", "modified": "2099-01-01T00:00:00Z", "summary": "A hole.", "details": "A hole.",
    "affected": [{
        "package": {"name": "six", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}], "versions": ["1.16.0"],
    }],
}  # fmt: skip


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    found = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_what_is_found_is_told_with_what_mends_it(audit: ModuleType) -> None:
    clean = {"name": "a", "version": "1", "vulns": []}
    holed = {"name": "b", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["2.1", "3"]}]}
    asked = json.dumps({"dependencies": [clean, holed]})
    assert audit.told("run.txt", 1, asked, "Found 1") == (
        False, "run.txt holds packages with known holes:\nb 2: X-1, mended in 2.1, 3",
    )  # fmt: skip
    asked = json.dumps({"dependencies": [clean]})
    assert audit.told("run.txt", 0, asked, "") == (True, "run.txt: 1 packages without a known hole.")
    skipped = json.dumps({"dependencies": [clean, {"name": "c", "skip_reason": "not found"}]})
    assert audit.told("run.txt", 0, skipped, "")[0] is False


@pytest.mark.parametrize(("code", "out"), [(1, ""), (0, ""), (0, '{"dependencies": []}'), (2, '{"dependencies": 5}')])
def test_what_nobody_could_look_at_never_counts_as_clean(audit: ModuleType, code: int, out: str) -> None:
    clean, said = audit.told("run.txt", code, out, "ConnectionError: no route")
    assert clean is None
    assert "NOT AUDITED: run.txt" in said
    assert "ConnectionError: no route" in said


class _Database(BaseHTTPRequestHandler):
    """OSV's answer to a question about one version of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        holed = (asked["package"]["name"], asked["version"]) == ("six", "1.16.0")
        body = json.dumps({"vulns": [HOLE]} if holed else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


def test_the_tool_asks_for_each_pinned_package(tmp_path: Path) -> None:
    if importlib.util.find_spec("pip_audit") is None:
        unavailable("pip-audit is not installed (make setup-dev)")
    lock = tmp_path / "lock.txt"
    hashed = "--hash=sha256:" + "0" * 64
    lock.write_text(f"idna==3.20 \\\n    {hashed}\nsix==1.16.0 ; python_version < '4' \\\n    {hashed}\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1/query"
        done = run("--url", url, str(lock))
        assert (done.returncode, done.stdout.splitlines()[1:]) == (1, ["six 1.16.0: PYSEC-2099-1, mended in 9.9"])
        lock.write_text(f"idna==3.20 \\\n    {hashed}\n")
        done = run("--url", url, str(lock))
        assert (done.returncode, done.stdout) == (0, f"{lock}: 1 packages without a known hole.\n")
    finally:
        server.shutdown()
        server.server_close()
    # Nobody answers there any more.
    assert "NOT AUDITED" in (done := run("--url", url, str(lock))).stdout
    assert done.returncode == 0
    assert run("--required", "--url", url, str(lock)).returncode == 1


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False)


def test_make_check_looks_at_both_locks() -> None:
    text = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    check = text.partition("\ncheck:")[2].partition("\n\n")[0]
    assert "scripts/audit.py $(AUDIT_ARGS) requirements/run.txt requirements/dev.txt" in check
    assert "uv pip check" in check
