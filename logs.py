"""What the program logs: one JSON object a line. Tracebacks name places, never the values of local variables, which may
be keys or addresses of people."""

from __future__ import annotations

import logging
import sys
import threading
from functools import lru_cache
from typing import Any, Literal, TextIO

import structlog

Stream = Literal["stdout", "stderr"]
# Where Streamlit warns of code that runs outside of a session.
BARE_MODE = "streamlit.runtime.scriptrunner_utils.script_run_context"


@lru_cache(maxsize=4)
def configure(level: str, stream: Stream = "stdout") -> None:
    """Sets up the process's log: lines of `level` (DEBUG, INFO, WARNING, ERROR) and worse go to the stream.

    The app logs to stdout. The command line logs to stderr, since its results stand on stdout.
    """
    _quiet_bare_mode()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            # The interpreter's own text of an exception: without local variables.
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # The stream as it is when a line is written: a server may have replaced it since.
        logger_factory=lambda *_: structlog.PrintLogger(_stream(stream)),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> Any:
    """A logger whose lines carry the name of the part that wrote them."""
    return structlog.get_logger(part=name)


class _OutsideSessions(logging.Filter):
    """Leaves out the warning that a session is missing where none can be: in the main thread, which imports `app.py`
    and runs benchmarks. From any other thread it stands for a mistake and is shown."""

    def filter(self, record: logging.LogRecord) -> bool:
        missing = "missing ScriptRunContext" in record.getMessage()
        return not (missing and threading.current_thread() is threading.main_thread())


def _quiet_bare_mode() -> None:
    log = logging.getLogger(BARE_MODE)
    if not any(isinstance(held, _OutsideSessions) for held in log.filters):
        log.addFilter(_OutsideSessions())


def _stream(name: Stream) -> TextIO:
    return sys.stdout if name == "stdout" else sys.stderr
