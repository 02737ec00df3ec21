"""The report calls that the clock takes, of Klaviyo's 225 a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.fetch.plan import REPORTS
from ingest.report_plan import Quota, ReportState
from ingest.schedule.quota import QuotaUse, planned_calls
from ingest.schedule.rhythm import Rhythm

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def calls(minutes: int, *, used: int = 0, read_whole: timedelta | None = None, **quota: int) -> dict[str, QuotaUse]:
    known = ReportState(
        calls=used, last_call=NOW - timedelta(hours=1), last_full=None if read_whole is None else NOW - read_whole
    )
    found = planned_calls(
        NOW, BERLIN, Rhythm(every=timedelta(minutes=minutes)), dict.fromkeys(REPORTS, known),
        quota=Quota(**quota) if quota else Quota(), history=timedelta(days=730),
    )  # fmt: skip
    return {use.report: use for use in found}


def test_each_quarter_of_an_hour_asks_once() -> None:
    """96 syncs in 24 hours, the one at their very end left out: 95 calls of each report, 130 are left."""
    found = calls(15, read_whole=timedelta(days=1))
    assert {use.planned for use in found.values()} == {95}
    assert {use.for_people for use in found.values()} == {130}


def test_a_weekly_read_of_everything_takes_its_windows_once() -> None:
    """A year is one call of the campaign report and seven windows of 60 days of the flow report."""
    found = calls(15, read_whole=timedelta(days=6, hours=23))
    assert found["campaign_values"].planned == 95
    assert found["flow_series"].planned == 95 + 6


@pytest.mark.parametrize("minutes", [1, 2, 5, 8])
def test_quicker_syncs_never_take_the_share_of_people(minutes: int) -> None:
    for use in calls(minutes).values():
        assert use.planned <= 180
        assert use.for_people >= 45


def test_what_was_called_today_counts() -> None:
    found = calls(15, used=170, read_whole=timedelta(days=1))
    assert {use.planned for use in found.values()} == {10}
    assert {use.for_people for use in found.values()} == {55}


def test_a_small_quota_is_shared_out() -> None:
    found = calls(15, read_whole=timedelta(days=1), daily=50, reserve=10)
    assert all(use.planned <= 40 for use in found.values())
    assert all(use.planned >= 30 for use in found.values())
