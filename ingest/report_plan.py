"""Which report windows a run asks for: inside the quota of 225 calls a day and endpoint, with a share kept for people.

A run re-reads the trailing 7 days in one call a report; once a week, and on the first run, everything (a year, the
first time the whole history) is read again. Scheduled runs spread their calls over the day; a person's run takes from
the share that is kept for people. Two calls a minute are Klaviyo's other limit: that one is waited for, not planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from ingest.fetch.plan import REPORTS, ReportWindow

TRAILING_DAYS: Final = 7
FULL_EVERY: Final = timedelta(days=7)
FULL_DAYS: Final = 365
DAY_SECONDS: Final = 86_400
# Longest timeframe of one request in days, both ends in.
WINDOW_DAYS: Final[Mapping[str, int]] = {
    "campaign_values": 365,
    "flow_series": 60,
    "form_series": 60,
    "segment_series": 60,
}
SEGMENTS_SINCE: Final = date(2023, 6, 1)
# A full read that was interrupted longer ago is begun again: its first windows have aged.
RESUME_WITHIN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ReportState:
    """What is known of one report. calls: in the last 24 hours; last_full: when everything was last read;
    started and done: an unfinished full read, its first day and its windows ('start/end') that are in; retry_at: the
    moment until which Klaviyo refuses the endpoint."""

    calls: int = 0
    last_call: datetime | None = None
    last_full: datetime | None = None
    started: date | None = None
    done: frozenset[str] = frozenset()
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """daily: calls that Klaviyo permits; reserve: how many of them are kept for people."""

    daily: int = 225
    reserve: int = 45


@dataclass(slots=True)
class ReportPlan:
    """Windows in the order of asking; what was left out, as sentences."""

    windows: list[ReportWindow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_reports(
    now: datetime,
    today: date,
    states: Mapping[str, ReportState],
    *,
    history_start: date,
    quota: Quota,
    by_person: bool,
    full: bool = False,
) -> ReportPlan:
    """The windows of a run.

    `today` is the account's; the window that holds it is provisional and read again by later runs. `by_person`:
    somebody pressed the button, so the share kept for people may be used, and calls need not be spread over the day.
    """
    plan = ReportPlan()
    for report in REPORTS:
        state = states.get(report, ReportState())
        left = max(0, quota.daily - state.calls - (0 if by_person else quota.reserve))
        if state.retry_at is not None and now < state.retry_at:
            plan.notes.append(
                f"{report}: Klaviyo's daily quota is used up; asked again after {state.retry_at:%H:%M} UTC."
            )
            continue
        windows = _due(report, now, today, state, history_start, full)
        if len(windows) > left and len(windows) > 1:
            windows = [_trailing(report, today)]
            plan.notes.append(f"{report}: the whole history waits until tomorrow's quota; the last 7 days were read.")
        if len(windows) > left:
            plan.notes.append(f"{report}: today's {quota.daily} calls are used up; read again tomorrow.")
            continue
        if not by_person and len(windows) == 1 and not windows[0].full and _too_soon(now, state, quota):
            continue
        plan.windows += windows
    return plan


def _due(
    report: str, now: datetime, today: date, state: ReportState, history_start: date, full: bool
) -> list[ReportWindow]:
    if state.started is not None and today - state.started <= RESUME_WITHIN and not full:
        rest = [
            window
            for window in _whole(report, state.started, state, history_start, full)
            if f"{window.start}/{window.end}" not in state.done
        ]
        trailing = [] if state.started == today else [_trailing(report, today)]
        return [*trailing, *rest]
    if full or state.last_full is None or now - state.last_full >= FULL_EVERY:
        return _whole(report, today, state, history_start, full)
    return [_trailing(report, today)]


def _whole(report: str, end: date, state: ReportState, history_start: date, full: bool) -> list[ReportWindow]:
    """Windows from `end` back, newest first, so that the days that people look at come first."""
    year_ago = end - timedelta(days=FULL_DAYS - 1)
    start = min(history_start, end) if full or state.last_full is None else max(min(history_start, end), year_ago)
    if report == "segment_series":
        start = min(max(start, SEGMENTS_SINCE), end)
    found: list[ReportWindow] = []
    high = end
    while high >= start:
        low = max(start, high - timedelta(days=WINDOW_DAYS[report] - 1))
        found.append(ReportWindow(report, low.isoformat(), high.isoformat(), True, end.isoformat()))
        high = low - timedelta(days=1)
    return found


def _trailing(report: str, today: date) -> ReportWindow:
    return ReportWindow(report, (today - timedelta(days=TRAILING_DAYS)).isoformat(), today.isoformat())


def _too_soon(now: datetime, state: ReportState, quota: Quota) -> bool:
    """Whether a scheduled call would come sooner than the day's calls, spread evenly, allow."""
    if state.last_call is None:
        return False
    spread = DAY_SECONDS / max(1, quota.daily - quota.reserve)
    return (now - state.last_call).total_seconds() < spread
