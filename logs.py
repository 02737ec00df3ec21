"""What the program logs: one JSON object a line. Tracebacks name places, never the values of local variables, which may
be keys or addresses of people.

The last wall before a secret: whatever is logged, by us or by a library, and whatever ends the program passes
`redacted`, which takes out what was given to `conceal`, and what looks like a key or a password.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, Literal, TextIO

import structlog

Stream = Literal["stdout", "stderr"]
# Where Streamlit warns of code that runs outside of a session.
BARE_MODE = "streamlit.runtime.scriptrunner_utils.script_run_context"
HIDDEN: Final = "•••"
# A shorter word stands in too many texts by chance.
SHORTEST: Final = 6
# What is no setting of this process, and a secret all the same: Klaviyo's private keys, passwords in addresses, tokens.
_PATTERNS: Final = (
    (re.compile(r"\bpk_[A-Za-z0-9_]{8,}"), f"pk_{HIDDEN}"),
    (re.compile(r"(://[^\s/:@?#\"']*):[^\s/@\"']+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"(?i)\b(Bearer|Basic|Klaviyo-API-Key) [A-Za-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
)
# An address, also as a file of JSON has it; what stands before the @ of a database's address is its user. It is looked
# for where a word begins, and each part of one is read once: a line may be one word of a megabyte.
_PARTS: Final = r"\s\"'<>,;:()\[\]{}|/\\"
_ADDRESS: Final = re.compile(rf"(?<![^{_PARTS}=])@*(?:[^{_PARTS}=@]+@+)+[^{_PARTS}@]+\.[A-Za-z]{{2,}}")
_concealed: set[str] = set()


@lru_cache(maxsize=4)
def configure(level: str, stream: Stream = "stdout") -> None:
    """Sets up the process's log: lines of `level` (DEBUG, INFO, WARNING, ERROR) and worse go to the stream.

    The app logs to stdout. The command line logs to stderr, since its results stand on stdout.
    """
    _quiet_bare_mode()
    _guard_the_rest()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            # The interpreter's own text of an exception: without local variables.
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            _without_secrets,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # The stream as it is when a line is written: a server may have replaced it since.
        logger_factory=lambda *_: structlog.PrintLogger(_stream(stream)),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> Any:
    """A logger whose lines carry the name of the part that wrote them."""
    return structlog.get_logger(part=name)


def conceal(secrets: Iterable[str]) -> None:
    """Words that no line may hold from now on, as they are and as JSON writes them."""
    for word in secrets:
        if len(word) >= SHORTEST:
            _concealed.update((word, json.dumps(word)[1:-1]))


def redacted(text: str) -> str:
    """The text without secrets."""
    # The longest first: one may begin with another.
    for word in sorted(_concealed, key=len, reverse=True):
        if word in text:
            text = text.replace(word, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def impersonal(text: str) -> str:
    """The text without secrets, and without anybody's address: for lines of the log and words of errors."""
    text = redacted(text)
    return _ADDRESS.sub(f"{HIDDEN}@{HIDDEN}", text) if "@" in text else text


def _without_secrets(_logger: Any, _method: str, line: str | MutableMapping[str, Any]) -> str:
    return impersonal(str(line))


def _guard_the_rest() -> None:
    """Lines of libraries, and the last words of a program or a thread that an error ends."""
    logging.setLogRecordFactory(_Record)
    sys.excepthook = _last_words
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _last_words_of_thread


class _Record(logging.LogRecord):
    """A line of a library. Its traceback is written when it is made, and not by whoever formats it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = impersonal("".join(traceback.format_exception(*self.exc_info)).rstrip("\n"))

    def getMessage(self) -> str:
        return impersonal(super().getMessage())


def _last_words(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    sys.stderr.write(impersonal("".join(traceback.format_exception(kind, error, where))))


def _last_words_of_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_type is SystemExit or told.exc_value is None:
        return
    name = told.thread.name if told.thread is not None else "?"
    sys.stderr.write(f"Exception in thread {name}:\n")
    _last_words(told.exc_type, told.exc_value, told.exc_traceback)


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
