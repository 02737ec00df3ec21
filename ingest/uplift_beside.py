"""Learning uplift beside the pages: begun by a person, followed by whoever looks, one at a time in a process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from analytics.promo.model import NotLearnable
from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.stores import Stores


@dataclass(slots=True)
class Learning:
    """How far it is. share: from 0 to 1; said: how it ended, '' while it runs; failed: whether that is an error."""

    share: float = 0.0
    said: str = ""
    failed: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self.said


_begun: Final[dict[str, Learning]] = {}
_guard: Final = threading.Lock()


def learning(stores: Stores) -> Learning | None:
    """The one that this process began last for these stores; None where it began none."""
    return _begun.get(stores.operational.url)


def begin_learning(stores: Stores, scope: Scope) -> threading.Thread | None:
    """Learns a model in a thread and puts it in force; None where that is under way already. Raises NotPermitted."""
    scope.require(Right.PROMO_WRITE)
    with _guard:
        held = learning(stores)
        if held is not None and held.running:
            return None
        begun = _begun[stores.operational.url] = Learning()
    thread = threading.Thread(target=_learn, args=(stores, scope, begun), name="uplift", daemon=True)
    thread.start()
    return thread


def _learn(stores: Stores, scope: Scope, begun: Learning) -> None:
    from ingest.uplift import learn_uplift  # what it computes with is not needed to draw a page

    def told(share: float) -> None:
        begun.share = share

    said, failed = "It was broken off before it ended. Estimate anew.", True
    try:
        said, failed = learn_uplift(stores, scope, told=told).sentence, False
    except (NotLearnable, StoreError) as error:
        said = str(error)
    finally:
        begun.failed = failed
        begun.said = said
