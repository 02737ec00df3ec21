"""Which report windows a run asks for, by the day's quota."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fetch.plan import REPORTS, ReportWindow
from ingest.report_plan import WINDOW_DAYS, Quota, ReportPlan, ReportState, plan_reports

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = date(2026, 11, 1)
LONG_AGO = TODAY - timedelta(days=729)


def planned(state: ReportState, *, by_person: bool = True, full: bool = False, now: datetime = NOW) -> ReportPlan:
    states = dict.fromkeys(REPORTS, state)
    return plan_reports(now, TODAY, states, history_start=LONG_AGO, quota=Quota(), by_person=by_person, full=full)


def of(plan: ReportPlan, report: str) -> list[ReportWindow]:
    return [window for window in plan.windows if window.report == report]


def test_first_run_reads_the_whole_history_in_windows_that_the_api_permits() -> None:
    plan = planned(ReportState())
    assert [len(of(plan, report)) for report in REPORTS] == [2, 13, 13, 13]
    for report in REPORTS:
        windows = sorted(of(plan, report), key=lambda window: window.start)
        assert windows[0].start == LONG_AGO.isoformat()
        assert windows[-1].end == TODAY.isoformat()
        for before, after in pairwise(windows):
            assert date.fromisoformat(before.end) + timedelta(days=1) == date.fromisoformat(after.start)
        for window in windows:
            length = (date.fromisoformat(window.end) - date.fromisoformat(window.start)).days + 1
            assert length <= WINDOW_DAYS[report]


def test_a_later_run_reads_seven_days_in_one_call() -> None:
    plan = planned(ReportState(last_full=NOW - timedelta(days=2), last_call=NOW - timedelta(hours=1), calls=50))
    assert [(w.start, w.end, w.full) for w in of(plan, "flow_series")] == [("2026-10-25", "2026-11-01", False)]


def test_once_a_week_a_year_is_read_again() -> None:
    plan = planned(ReportState(last_full=NOW - timedelta(days=7)))
    windows = of(plan, "form_series")
    assert len(windows) == 7
    assert windows[-1].start == (TODAY - timedelta(days=364)).isoformat()
    assert all(window.full for window in windows)


def test_an_interrupted_read_goes_on_with_the_windows_that_are_missing() -> None:
    whole = of(planned(ReportState()), "flow_series")
    done = frozenset(f"{window.start}/{window.end}" for window in whole[:5])
    rest = of(planned(ReportState(started=TODAY, done=done)), "flow_series")
    assert rest == whole[5:]
    stale = of(planned(ReportState(started=TODAY - timedelta(days=3), done=done)), "flow_series")
    assert len(stale) == 13


def test_a_schedule_leaves_the_persons_share_alone() -> None:
    used = ReportState(calls=180, last_full=NOW - timedelta(days=1), last_call=NOW - timedelta(hours=1))
    assert planned(used, by_person=False).windows == []
    assert len(planned(used, by_person=True).windows) == len(REPORTS)


def test_a_year_that_does_not_fit_into_the_day_waits_and_the_week_is_read() -> None:
    plan = planned(ReportState(calls=220, last_full=NOW - timedelta(days=8)))
    assert [window.full for window in of(plan, "flow_series")] == [False]
    assert any("tomorrow" in note for note in plan.notes)


def test_an_endpoint_that_klaviyo_refuses_for_the_day_is_left_alone_until_then() -> None:
    assert planned(ReportState(retry_at=NOW + timedelta(hours=19))).windows == []
    assert planned(ReportState(retry_at=NOW - timedelta(seconds=1))).windows != []


@settings(deadline=None)  # how long an example takes is the machine's business
@given(
    cadence=st.integers(min_value=5, max_value=240),
    presses=st.lists(st.integers(min_value=0, max_value=1439), max_size=45),
)
def test_no_day_of_any_cadence_passes_the_quota(cadence: int, presses: list[int]) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    calls: list[datetime] = []
    moments = sorted([(minute, False) for minute in range(0, 1440, cadence)] + [(minute, True) for minute in presses])
    last_full = start - timedelta(days=6, hours=12)
    for minute, by_person in moments:
        now = start + timedelta(minutes=minute)
        state = ReportState(calls=len(calls), last_call=calls[-1] if calls else None, last_full=last_full)
        windows = of(planned(state, by_person=by_person, now=now), "flow_series")
        if any(window.full for window in windows):
            last_full = now
        calls += [now] * len(windows)
    assert len(calls) <= 225
    assert len(calls) >= min(24, 1440 // cadence)
