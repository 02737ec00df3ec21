"""What may be done a second time is, once, where the connection to the database was lost in the middle.

Reads may, as a whole: what the lost snapshot had told is thrown away with it. Of writes only those may that change
nothing the second time, and each says so by this mark; of every other one the person is told, who looks first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog

from data_access.errors import ConnectionLost, SaveUncertain

P = ParamSpec("P")
T = TypeVar("T")
LOG = structlog.get_logger(part="promolens.database")


def repeatable(work: Callable[P, T]) -> Callable[P, T]:
    """Marks a read that opens its own snapshots, or a write that bears a repetition.

    A second loss is raised: ConnectionLost, SaveUncertain.
    """

    @wraps(work)
    def once_more(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except (ConnectionLost, SaveUncertain):
            LOG.warning("repeated after a lost connection", work=f"{work.__module__}.{work.__qualname__}")
            return work(*args, **kwargs)

    return once_more
