"""Questions that take seconds, answered beside the pages: a page asks, shows that it waits, and asks again.

One thread a process answers them, one after another: each may take as much memory as all baskets of a shop, and two of
them would only slow each other down. A question that nobody asks any more when its turn comes is left out.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
# Questions and answers that are held for those who come back for them.
HELD: Final = 16
# Seconds after which nobody waits for an answer any more.
FORGOTTEN: Final = 15.0
_NOTHING: Final = object()


class Pending:
    """A question that is not answered yet."""

    def __init__(self, read: Callable[[], Any], thread: ThreadPoolExecutor) -> None:
        self._asked = self._looked = time.monotonic()
        self._read = read
        self._future: Future[Any] = thread.submit(self._work)

    @property
    def seconds(self) -> float:
        """Since it was asked."""
        return time.monotonic() - self._asked

    def over(self, patience: float = 0.0) -> bool:
        """Whether it is answered, or left out, within so many seconds; whoever looks still waits for it."""
        self._looked = time.monotonic()
        return bool(wait([self._future], patience).done)

    @property
    def failed(self) -> bool:
        """Of one that is over: whether there is no answer, because reading failed or nobody waited for it."""
        return self._future.exception() is not None or self._future.result() is _NOTHING

    def answer(self) -> Any:
        """Of one that is over. Raises what the reading raised."""
        return self._future.result()

    def _work(self) -> Any:
        return self._read() if time.monotonic() - self._looked < FORGOTTEN else _NOTHING


class Questions:
    """What is asked of a process, by what tells one question from another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, Pending] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "questions")

    def ask(self, key: Hashable, read: Callable[[], T], patience: float) -> T | Pending:
        """The answer where it comes within `patience` seconds of the first time that it is asked, else the question as
        it stands: a page that is drawn anew meanwhile does not wait again.

        Raises what `read` raised; asked once more it is read once more.
        """
        with self._lock:
            pending = self._held.get(key)
            if pending is None:
                pending = self._held[key] = Pending(read, self._thread)
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        if not pending.over(max(0.0, patience - pending.seconds)):
            return pending
        if pending.failed:
            with self._lock:
                self._held.pop(key, None)
            if pending.answer() is _NOTHING:
                return self.ask(key, read, patience)
        return cast(T, pending.answer())

    def forget(self) -> None:
        """What is asked from now on is read anew; who waits for an answer gets it."""
        with self._lock:
            self._held.clear()


QUESTIONS: Final = Questions()
