"""The fetch process as its starter sees it: started with a plan, listened to, asked to stop, never left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from data_access.errors import StoreError
from data_access.writes.oauth_tokens import Tokens
from ingest.errors import IngestError
from ingest.fetch.plan import FetchPlan
from ingest.fetch.renewal import TokenAnswer
from settings import PROJECT_ROOT, Settings

STOP_SECONDS = 5.0
ERROR_TAIL = 2000
# The process needs none of the settings: what it needs is in the plan.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class FetchProcess:
    """Use as `with FetchProcess(plan) as child`. `taken`, `share` and `end` follow what the process tells.

    `renew` gives the next access token; its argument is the one that was refused, None where it only ends soon.
    """

    def __init__(self, plan: FetchPlan, renew: Callable[[str | None], Tokens] | None = None) -> None:
        self._plan = plan
        self._renew = renew
        self._keys = [plan.api_key]
        self._saying = threading.Lock()
        self.taken: dict[str, int] = {}
        self.resource = ""
        self.share: float | None = None
        self.end: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        names = (*_KEPT, *_PROXIES, *(name.lower() for name in _PROXIES))
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment["PYTHONPATH"] = str(PROJECT_ROOT)
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.fetch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=PROJECT_ROOT,
            env=environment,
        )
        self._reader = threading.Thread(target=self._listen, name="fetch-progress", daemon=True)
        self._reader.start()
        self._say(msgspec.json.encode(self._plan))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(STOP_SECONDS)
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._errors.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def cancel(self) -> None:
        """Asks the process to stop in order."""
        self._say(b"cancel")

    def failure(self) -> str | None:
        """How the process ended without an answer, with the end of what it wrote; None where it gave one."""
        self._reader.join(STOP_SECONDS)
        if self.end is not None:
            return None
        code = self._process.returncode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - ERROR_TAIL))
        tail = self._errors.read().decode(errors="replace").strip()
        for key in self._keys:
            tail = tail.replace(key, "********")
        last = tail.splitlines()[-1] if tail else ""
        return f"The fetch process ended unexpectedly ({how}). {last}".strip()

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        try:
            with self._saying:
                self._process.stdin.write(line + b"\n")
                self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return  # it has ended already; `failure` tells how

    def _give_token(self, refused: bool) -> None:
        try:
            if self._renew is None:
                raise IngestError("the access token has ended, and who holds the database refreshes it")
            new = self._renew(self._keys[-1] if refused else None)
        except (IngestError, StoreError) as error:
            answer = TokenAnswer(refused=str(error))
        else:
            self._keys.append(new.access)
            answer = TokenAnswer(token=new.access, expires_at=new.expires_at)
        self._say(msgspec.json.encode(answer))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = msgspec.json.decode(line)
            if message["event"] == "progress":
                self.taken, self.resource, self.share = message["taken"], message["resource"], message["share"]
            elif message["event"] == "token":
                # Beside us: the process goes on telling how far it is.
                threading.Thread(target=self._give_token, args=(message["refused"],), daemon=True).start()
            elif message["event"] == "end":
                self.end = message


class FetchLock:
    """One fetching process an account on this machine; freed by the system when its holder dies."""

    def __init__(self, settings: Settings, account: str) -> None:
        self._path: Path = settings.spool_dir / account / "fetch.lock"
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether the lock is ours."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Whether the lock is ours now."""
        import fcntl

        if self.held:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Gives the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
