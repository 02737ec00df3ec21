"""Looking for opportunities beside the pages: begun by a person, followed by whoever looks, one at a time a process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import Final

from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.stores import Stores


@dataclass(slots=True)
class Looking:
    """How it ended: said, '' while it runs; failed: whether that is an error."""

    said: str = ""
    failed: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self.said


_begun: Final[dict[str, Looking]] = {}
_guard: Final = threading.Lock()


def looking(stores: Stores) -> Looking | None:
    """The one that this process began last for these stores; None where it began none."""
    return _begun.get(stores.operational.url)


def begin_looking(stores: Stores, scope: Scope, today: date) -> threading.Thread | None:
    """Looks in a thread and keeps what it finds; None where that is under way already. Raises NotPermitted."""
    scope.require(Right.PROMO_WRITE)
    with _guard:
        held = looking(stores)
        if held is not None and held.running:
            return None
        begun = _begun[stores.operational.url] = Looking()
    thread = threading.Thread(target=_look, args=(stores, scope, today, begun), name="discovery", daemon=True)
    thread.start()
    return thread


def _look(stores: Stores, scope: Scope, today: date, begun: Looking) -> None:
    from ingest.discovery import NothingLearned, discover  # what it computes with is not needed to draw a page

    said, failed = "It was broken off before it ended. Look again.", True
    try:
        said, failed = discover(stores, scope, today).sentence, False
    except (NothingLearned, StoreError) as error:
        said = str(error)
    finally:
        begun.failed = failed
        begun.said = said
