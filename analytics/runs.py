"""Runs of syncs, loads and computations: how many ended how, how long they took, what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

RUNNING = ("queued", "running")


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A run as a table shows it. Times UTC; events: new ones; rate: events a second; rejected: left out or repaired."""

    job_id: str
    kind: str
    state: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    events: int
    rate: float | None
    requests: int
    rejected: int
    error: str

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of several runs. ended and failed: runs; seconds: the median of those that ended well, None where none
    did; rate: new events a second over the time of all that brought some, None where none did."""

    runs: int
    ended: int
    failed: int
    events: int
    rejected: int
    seconds: float | None
    rate: float | None

    @property
    def well_pct(self) -> float | None:
        """Share of ended runs that did not fail, in per cent."""
        return 100 * (self.ended - self.failed) / self.ended if self.ended else None


def totals(runs: Sequence[RunFigures]) -> Totals:
    """The figures of some runs."""
    ended = [run for run in runs if not run.running]
    took = [run.seconds for run in ended if run.state == "done" and run.seconds is not None]
    bringing = [run for run in ended if run.events and run.seconds]
    busy = sum(run.seconds or 0 for run in bringing)
    return Totals(
        runs=len(runs),
        ended=len(ended),
        failed=sum(run.state == "failed" for run in ended),
        events=sum(run.events for run in runs),
        rejected=sum(run.rejected for run in runs),
        seconds=median(took) if took else None,
        rate=sum(run.events for run in bringing) / busy if busy else None,
    )


def by_day(runs: Sequence[RunFigures], days: Sequence[date], zone: ZoneInfo) -> list[list[RunFigures]]:
    """The runs of each of some days of a zone, in the order of the days."""
    held: dict[date, list[RunFigures]] = {day: [] for day in days}
    for run in runs:
        held.get(run.started_at.astimezone(zone).date(), []).append(run)
    return [held[day] for day in days]


def days_between(start: date, end: date) -> list[date]:
    """All days from the first to the last, both in."""
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
