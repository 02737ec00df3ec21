"""What the schedule's syncs take of Klaviyo's daily quota of report calls, and what is left for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from ingest.fetch.plan import REPORTS
from ingest.report_plan import Quota, ReportState, plan_reports
from ingest.schedule.rhythm import Rhythm

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """One report of one store. used: calls in the last 24 hours; planned: calls of the schedule in the next 24 hours;
    daily: what Klaviyo permits in 24 hours; reserve: the part of it that only people's syncs may use."""

    report: str
    used: int
    planned: int
    daily: int
    reserve: int

    @property
    def for_people(self) -> int:
        """Calls that people's syncs can count on over these 24 hours."""
        return max(0, self.daily - max(self.used, self.planned))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"for_people": self.for_people}


def planned_calls(
    now: datetime,
    zone: ZoneInfo,
    rhythm: Rhythm,
    states: Mapping[str, ReportState],
    *,
    quota: Quota,
    history: timedelta,
) -> list[QuotaUse]:
    """Plays the next 24 hours of scheduled syncs through the very plan that each of them will be given.

    What was called in the last 24 hours counts against all of them: the plan may ask for less than is left, never more.
    """
    known = tuple((report, states.get(report, ReportState())) for report in REPORTS)
    planned = _planned(rhythm.latest(now, zone), zone, rhythm, known, quota, history)
    return [
        QuotaUse(report, state.calls, calls, quota.daily, quota.reserve)
        for (report, state), calls in zip(known, planned, strict=True)
    ]


@lru_cache(maxsize=64)  # a page asks again and again between two syncs
def _planned(
    now: datetime,
    zone: ZoneInfo,
    rhythm: Rhythm,
    states: tuple[tuple[str, ReportState], ...],
    quota: Quota,
    history: timedelta,
) -> tuple[int, ...]:
    known = dict(states)
    planned = dict.fromkeys(REPORTS, 0)
    moment = rhythm.following(now, zone)
    while moment < now + DAY:
        today = moment.astimezone(zone).date()
        plan = plan_reports(moment, today, known, history_start=today - history, quota=quota, by_person=False)
        for report in REPORTS:
            asked = [window for window in plan.windows if window.report == report]
            if asked:
                planned[report] += len(asked)
                whole = any(window.full for window in asked)
                known[report] = replace(
                    known[report], calls=known[report].calls + len(asked), last_call=moment, started=None,
                    done=frozenset(), last_full=moment if whole else known[report].last_full,
                )  # fmt: skip
        moment = rhythm.following(moment, zone)
    return tuple(planned[report] for report in REPORTS)
