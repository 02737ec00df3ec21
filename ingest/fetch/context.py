"""What all walks of one fetch process share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from ingest.fetch.plan import FetchPlan
from ingest.fetch.writer import ChunkWriter
from ingest.klaviyo.client import KlaviyoClient


@dataclass(frozen=True)
class Metric:
    """A metric as far as choosing one needs it."""

    id: str
    name: str
    integration: str


@dataclass
class Context:
    """Client, writer and plan.

    `metrics` is set once the metrics are read; `finished` holds an event for each resource that others wait for;
    `predictions`: whether profiles are still asked for with Klaviyo's predictions; `segments` are those of the account
    that this run has read, id → name, and `lists` the ids of its lists; `share` is how much of the events' walk is
    done; `days_by_metric` counts events of this run by metric and UTC day.
    """

    plan: FetchPlan
    client: KlaviyoClient
    writer: ChunkWriter
    tell: Callable[[dict[str, object]], None]
    timezone: str
    metrics: asyncio.Future[list[Metric]]
    taken: Counter[str] = field(default_factory=Counter)
    days_by_metric: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen_profiles: set[int] = field(default_factory=set)
    segments: dict[str, str] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    share: float = 0.0
    predictions: bool = True
    finished: dict[str, asyncio.Event] = field(default_factory=dict)
    started: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """The present: the plan's, moved on by the time that this process has run."""
        return self.plan.now + timedelta(seconds=monotonic() - self.started)

    def took(self, resource: str, rows: int) -> None:
        """Counts what was fetched and tells it to whoever started this process."""
        self.taken[resource] += rows
        self.tell({"event": "progress", "resource": resource, "taken": dict(self.taken), "share": self.share})
