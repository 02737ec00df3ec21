"""Switches that make the emulator misbehave as the real service sometimes does; all can change while it runs.

Faults of the line (each VALUE may end in `@text`: only paths that contain the text; the count is used up):
  burst_429=N[:SECONDS]   the next N requests get 429 with Retry-After SECONDS (default 1)
  daily_429=OPERATION     that path's requests get 429 with a 20-hour Retry-After until it is set to nothing
  forbidden=PART[,PART]   requests whose path contains the part get 403, as without the scope, until set to nothing
  error_5xx=N             the next N requests get 503
  error_500=N             the next N requests get 500
  cut=N                   the next N answers end in the middle of their body
  latency=MS              every answer waits
Faults of the data (until set to nothing or 0):
  duplicates=N            each page of events after the first begins with the last N of the page before
  late_events=SHARE[:DAYS] that share of the last DAYS days' events (default 1) is not there yet; 0 lets them in
  late_after=N            lets the late ones in after N requests for events
  same_second=SECONDS     event times are rounded down to this many seconds, so that many are equal
  two_placed_orders=1     a second 'Placed Order' metric (API) doubles a twentieth of the orders
  missing_email=SHARE     that share of profiles has no e-mail
  deleted_profiles=SHARE  that share of profiles answers 404 and is not included
  category_object=1       integration.category is an object
  big_ints=1              integers beyond 64 bits in the properties of orders
  merged_profiles=N       N people with events in the last 5 days were merged into others just now: their events of
                          the last 5 days and all later ones carry the surviving profile
  unsettled_days=N        attributions of the last N days are not computed yet; 0 revises them
  predictive_503=1        profiles asked with predictive_analytics get 503
  shuffle=1               the events of a page come in no order
  negative_refund=1       refunds of the last 30 days have a negative amount
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.api.errors import ApiError

LINE = ("burst_429", "daily_429", "forbidden", "error_5xx", "error_500", "cut", "latency")
DATA = (
    "duplicates",
    "late_events",
    "late_after",
    "same_second",
    "two_placed_orders",
    "missing_email",
    "deleted_profiles",
    "category_object",
    "big_ints",
    "merged_profiles",
    "unsettled_days",
    "predictive_503",
    "shuffle",
    "negative_refund",
)
DAILY_RETRY = 72_000


class UnknownFault(ValueError):
    """Raised for a name or a value that no switch has; the text lists the names."""


@dataclass
class _Counter:
    left: int
    seconds: int
    where: str


@dataclass
class Faults:
    data: dict[str, float] = field(default_factory=dict)
    latency: float = 0.0
    daily: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    late_days: float = 1.0
    version: int = 0
    _counters: dict[str, _Counter] = field(default_factory=dict)

    def update(self, values: Mapping[str, object]) -> None:
        """Sets switches by name; an empty value, 0 or None turns one off."""
        for name, raw in values.items():
            text = "" if raw is None or raw is False else "1" if raw is True else str(raw)
            if name in DATA:
                self._set_data(name, text)
            elif name == "latency":
                self.latency = self._number(name, text) / 1000
            elif name == "daily_429":
                self.daily = _paths(text)
            elif name == "forbidden":
                self.forbidden = _paths(text)
            elif name in LINE:
                plain, _, where = text.partition("@")
                count, _, seconds = plain.partition(":")
                self._counters[name] = _Counter(
                    int(self._number(name, count)), int(self._number(name, seconds) or 1), where
                )
            else:
                raise UnknownFault(f"unknown fault '{name}'; known: {', '.join(LINE + DATA)}")

    def _set_data(self, name: str, text: str) -> None:
        if name == "late_events":
            text, _, days = text.partition(":")
            self.late_days = self._number(name, days) or 1.0
        value = self._number(name, text)
        if value:
            self.data[name] = value
        else:
            self.data.pop(name, None)
        self.version += 1

    @staticmethod
    def _number(name: str, text: str) -> float:
        try:
            return float(text or 0)
        except ValueError:
            raise UnknownFault(f"fault '{name}' needs a number, not '{text}'") from None

    def get(self, name: str) -> float:
        return self.data.get(name, 0.0)

    def _take(self, name: str, path: str) -> _Counter | None:
        counter = self._counters.get(name)
        if counter is None or counter.left <= 0 or counter.where not in path:
            return None
        counter.left -= 1
        return counter

    def before(self, path: str) -> None:
        """Raises the error that is due for this request, if one is."""
        if any(part in path for part in self.forbidden):
            raise ApiError(403, "The key lacks the scope that this endpoint needs.")
        if any(part in path for part in self.daily):
            raise ApiError(
                429,
                f"Request was throttled. Expected available in {DAILY_RETRY} seconds.",
                headers={"Retry-After": str(DAILY_RETRY)},
            )
        burst = self._take("burst_429", path)
        if burst is not None:
            raise ApiError(
                429,
                f"Request was throttled. Expected available in {burst.seconds} seconds.",
                headers={"Retry-After": str(burst.seconds)},
            )
        if self._take("error_5xx", path) is not None:
            raise ApiError(503, "The service is temporarily unavailable.")
        if self._take("error_500", path) is not None:
            raise ApiError(500, "An unexpected error occurred.")

    def cuts(self, path: str) -> bool:
        return self._take("cut", path) is not None

    def current(self) -> dict[str, object]:
        counters = {name: counter.left for name, counter in self._counters.items() if counter.left > 0}
        more = {"latency": self.latency * 1000} if self.latency else {}
        daily = {"daily_429": ",".join(sorted(self.daily))} if self.daily else {}
        forbidden = {"forbidden": ",".join(sorted(self.forbidden))} if self.forbidden else {}
        return {**self.data, **counters, **more, **daily, **forbidden}


def _paths(text: str) -> set[str]:
    return {part.strip("/") for part in text.split(",") if part and part != "0"}
