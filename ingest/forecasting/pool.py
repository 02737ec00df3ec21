"""Worker processes for fits: started for one computation, each busy with one series at a time, ended with it.

They are processes of their own, and not forks: the program that starts them holds databases and threads.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import IO, Final

from analytics.forecasting.backtest import Backtest, Task
from analytics.forecasting.series import Key
from ingest.errors import IngestError
from ingest.forecasting.messages import backtest_from, of_task, receive, send
from settings import PROJECT_ROOT

STOP_SECONDS: Final = 5.0
_TAIL: Final = 2000
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
# One thread each: they would only wait for one another.
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class FitFailed(IngestError):
    """A worker process could not start, ended without an answer, or was stopped; nothing was kept."""


def usual_workers() -> int:
    """As many as there are cores."""
    return max(os.cpu_count() or 1, 1)


def fitted(
    tasks: Sequence[Task],
    workers: int,
    told: Callable[[int, int], None] = lambda _done, _all: None,
    stopping: Callable[[], bool] = lambda: False,
) -> dict[Key, Backtest]:
    """What the models tell of all series, by so many processes. told: is handed how many are done, and of how many.

    Raises FitFailed.
    """
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    # The longest first, so that none is left alone at the end.
    for task in sorted(tasks, key=lambda task: task.series.begins):
        waiting.put(task)
    found: dict[Key, Backtest] = {}
    failed: list[str] = []
    unstarted: list[OSError] = []
    guard = threading.Lock()

    def work() -> None:
        with ExitStack() as held:
            try:
                errors = held.enter_context(tempfile.TemporaryFile())
                process = _started(errors)
            except OSError as error:
                # The others do its part.
                unstarted.append(error)
                return
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                while not failed:
                    if stopping():
                        failed.append("It was broken off. What was forecast before stays.")
                        return
                    try:
                        task = waiting.get_nowait()
                    except queue.Empty:
                        return
                    try:
                        send(process.stdin, of_task(task))
                        answer = receive(process.stdout)
                    except BrokenPipeError:
                        answer = None
                    if answer is None:
                        failed.append(_how(process, errors, task))
                        return
                    with guard:
                        found[task.series.key] = backtest_from(answer)
                        told(len(found), len(tasks))
            finally:
                _ended(process)

    threads = [threading.Thread(target=work, name=f"fits-{n}", daemon=True) for n in range(min(workers, len(tasks)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise FitFailed(failed[0])
    if len(found) < len(tasks):
        raise FitFailed(_unstarted(unstarted))
    return found


def _unstarted(errors: Sequence[OSError]) -> str:
    if not errors:
        return "The processes that fit ended before all series were fitted. What was forecast before stays."
    return (
        f"No process that fits could be started ({errors[0].strerror or errors[0]}). What was forecast before stays."
        " Free memory or room in the folder for temporary files, and forecast anew: promolens forecast --workers 1."
    )


def _started(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONPATH": str(PROJECT_ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "ingest.forecasting.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=PROJECT_ROOT, env=environment,
    )  # fmt: skip


def _ended(process: subprocess.Popen[bytes]) -> None:
    """One that has no more to do ends by itself; any other is ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # it has ended already
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _how(process: subprocess.Popen[bytes], errors: IO[bytes], task: Task) -> str:
    try:
        code: int | None = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - _TAIL))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    key = task.series.key
    name = ", ".join(part for part in (key.metric, key.channel, key.department) if part)
    return f"The process that fitted {name} ended unexpectedly (code {code}). {lines[-1] if lines else ''}".strip()
