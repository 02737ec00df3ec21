"""`/readyz`: whether this server can show figures, beside `/_stcore/health`, which says that it lives."""

from __future__ import annotations

import threading
import time
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data_access.queries.readiness import Readiness, readiness
from settings import get_settings

# However often it is asked, the databases are asked once in so many seconds.
KEPT_SECONDS: Final = 2.0
_asking = threading.Lock()
_kept: list[tuple[float, Readiness]] = []


async def readyz(_request: Request) -> JSONResponse:
    """200 where both stores answer at this program's schema, 503 otherwise; says which is in the way, no address."""
    found = await run_in_threadpool(_recent)
    return JSONResponse(found.as_dict(), status_code=200 if found.ready else 503, headers={"Cache-Control": "no-store"})


def _recent() -> Readiness:
    with _asking:
        if not _kept or time.monotonic() - _kept[0][0] > KEPT_SECONDS:
            _kept[:] = [(time.monotonic(), readiness(get_settings()))]
        return _kept[0][1]


ROUTES: Final = [Route("/readyz", readyz, methods=["GET"])]
