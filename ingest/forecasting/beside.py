"""Forecasting beside the pages: begun by a person, followed by whoever looks, one of each world at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.stores import Stores
from ingest.errors import IngestError

if TYPE_CHECKING:
    from ingest.forecasting.running import Done


@dataclass(slots=True)
class Forecasting:
    """How far it is. done, of: series; said: how it ended, '' while it runs; failed: whether that is an error."""

    done: int = 0
    of: int = 0
    said: str = ""
    failed: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self.said

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.done / self.of if self.of else 0.0


_begun: Final[dict[tuple[str, str], Forecasting]] = {}
_guard: Final = threading.Lock()


def forecasting(stores: Stores, account: str) -> Forecasting | None:
    """The one that this process began last, of an account's orders or ('') of the company's sales; None without."""
    return _begun.get((stores.operational.url, account))


def begin_forecasting(stores: Stores, scope: Scope, account: str) -> threading.Thread | None:
    """Forecasts an account's orders, or ('') the company's sales, in a thread; None where that is under way already.

    Raises NotPermitted.
    """
    if account:
        scope.require(Right.SYNC, account)
    else:
        scope.require(Right.PROMO_WRITE)
    with _guard:
        held = forecasting(stores, account)
        if held is not None and held.running:
            return None
        begun = _begun[stores.operational.url, account] = Forecasting()
    thread = threading.Thread(target=_forecast, args=(stores, scope, account, begun), name="forecasts", daemon=True)
    thread.start()
    return thread


def _forecast(stores: Stores, scope: Scope, account: str, begun: Forecasting) -> None:
    from ingest.forecasting import running  # what it computes with is not needed to draw a page

    def told(done: int, of: int) -> None:
        begun.of, begun.done = of, done

    work: Callable[[], Done] = (
        (lambda: running.forecast_orders(stores, scope, account, told=told))
        if account
        else (lambda: running.forecast_sales(stores, scope, told=told))
    )
    said, failed = "It was broken off before it ended. Forecast anew.", True
    try:
        said, failed = work().sentence, False
    except (IngestError, StoreError) as error:
        said = str(error)
    finally:
        begun.failed = failed
        begun.said = said
