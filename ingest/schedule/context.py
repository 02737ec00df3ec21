"""What a piece of work is done with, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from data_access.scope import Scope
from data_access.stores import Stores
from settings import Settings

Ended = Literal["done", "failed", "waiting"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a piece of work is done with. account: '' for the whole installation. stopping: whether the program ends."""

    stores: Stores
    settings: Settings
    scope: Scope
    account: str
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended: done, failed, or waiting (it was broken off, and is to be done again)."""

    state: Ended
    message: str
    result: dict[str, Any] | None = None
