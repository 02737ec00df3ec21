"""What a fetch process is told, as JSON on its standard input (others could read a command line)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from ingest.klaviyo.client import BEARER, PRIVATE_KEY, Connection

# In the order in which a run starts them; all of them then go on side by side.
RESOURCES = (
    "metrics",
    "events",
    "profiles",
    "campaigns",
    "flows",
    "lists",
    "list_sizes",
    "segments",
    "memberships",
    "forms",
    "tags",
    "catalog",
    "reports",
)
MEMBERSHIPS = "memberships"
LIST_SIZES = "list_sizes"
REPORTS = ("campaign_values", "flow_series", "form_series", "segment_series")
SLICE = timedelta(days=7)
KEY_PLACEHOLDER = "********"
# In place of metric ids: all that the account has, those to come as well.
EVERY = "*"


class Slice(msgspec.Struct, frozen=True, omit_defaults=True):
    """[start, end) of a walk of events; `metric_id` where only one metric is asked for."""

    start: datetime
    end: datetime
    metric_id: str = ""

    @property
    def partition(self) -> str:
        """The name under which the slice's position is kept."""
        span = f"{self.start:%Y-%m-%dT%H:%M:%SZ}/{self.end:%Y-%m-%dT%H:%M:%SZ}"
        return f"{span}/{self.metric_id}" if self.metric_id else span


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a slice has come: Klaviyo's next link, the instant of the last event taken, or that it is done."""

    next: str = ""
    at: datetime | None = None
    done: bool = False


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """Events of [start, end). `start` None: from the account's first event on.

    `metrics`: ids, or EVERY one; None: those that the settings name now. `adds`: the past of metrics that the walks
    before left out; the watermark speaks for them, too, once it is complete, and does not move.
    """

    end: datetime
    start: datetime | None = None
    metrics: list[str] | None = None
    adds: bool = False


class ReportWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request of a report: days from `start` to `end`, both in, in the account's timezone (ISO dates).

    `full`: part of a whole re-read, begun on the day `started`."""

    report: str
    start: str
    end: str
    full: bool = False
    started: str = ""


class FetchPlan(msgspec.Struct, kw_only=True):
    """One run of the fetch process.

    `cursors`: resource → partition → the cursor's JSON, as the store has it. `walks`: events, one after the other.
    `scheme`: what `api_key` is; an access token ends at `expires_at` and is renewed `renew_ahead` seconds earlier.
    `covered`: metrics that the last complete walks read, None before the first; `history_start`: where the past begins.
    """

    job: str
    account: str
    spool: str
    api_key: str
    scheme: str = PRIVATE_KEY
    expires_at: datetime | None = None
    renew_ahead: float = 0.0
    base_url: str
    revision: str
    now: datetime
    timezone: str = "UTC"
    resources: list[str]
    full: bool = False
    walks: list[Walk] = []
    covered: list[str] | None = None
    history_start: datetime | None = None
    metric_names: list[str] = []
    cursors: dict[str, dict[str, Any]] = {}
    reports: list[ReportWindow] = []
    segments: list[str] = []
    predictions: bool = True
    conversion_metric: str = ""
    raw_responses: str = "envelope"
    timeout: float = 60.0
    limits: bool = True
    concurrency: int = 32
    page_size: int = 1000
    chunk_pages: int = 16
    batch_pages: int = 48
    chunk_seconds: float = 3.0
    spool_max_bytes: int = 2 * 1024**3
    wait_for_room: bool = True
    first_seq: int = 1

    def __repr__(self) -> str:
        return f"FetchPlan(account={self.account!r}, job={self.job!r}, resources={self.resources!r})"

    @property
    def renewable(self) -> bool:
        """Whether the key is a token that the starter can renew."""
        return self.scheme == BEARER

    def connection(self) -> Connection:
        return Connection(
            api_key=self.api_key,
            scheme=self.scheme,
            base_url=self.base_url,
            revision=self.revision,
            timeout=self.timeout,
            limits=self.limits,
            max_connections=self.concurrency + 16,
        )

    def cursor(self, resource: str, partition: str = "") -> dict[str, Any]:
        """The cursor as the store has it, empty where there is none."""
        found = self.cursors.get(resource, {}).get(partition)
        return found if isinstance(found, dict) else {}


def slices(start: datetime, end: datetime, metrics: list[str]) -> list[Slice]:
    """Cuts [start, end) at a fixed grid of seven days, so that an interrupted walk finds its slices again."""
    epoch = datetime(1970, 1, 1, tzinfo=start.tzinfo)
    found: list[Slice] = []
    for metric in [""] if EVERY in metrics else metrics:
        low = start
        while low < end:
            high = min(end, epoch + ((low - epoch) // SLICE + 1) * SLICE)
            found.append(Slice(low, high, metric))
            low = high
    return found
