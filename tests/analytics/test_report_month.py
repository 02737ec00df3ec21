"""The month of a report: whole against the whole month before, or as far as the data reach."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.engagement import compared_days, whole_days
from analytics.periods import Against, Period, Preset, chosen, compared
from analytics.report_month import report_month

BERLIN = ZoneInfo("Europe/Berlin")


def days(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


@pytest.mark.parametrize(
    ("first", "reached", "over", "this", "before", "last_year"),
    [
        # February is told against the whole of January, not its first 28 days.
        ("2026-02-01", "2026-03-05 10:00", True, "2026-02-01 2026-02-28", "2026-01-01 2026-01-31",
         "2025-02-01 2025-02-28"),
        ("2026-03-01", "2026-04-01 00:00", True, "2026-03-01 2026-03-31", "2026-02-01 2026-02-28",
         "2025-03-01 2025-03-31"),
        ("2026-11-01", "2026-11-21 13:00", False, "2026-11-01 2026-11-21", "2026-10-01 2026-10-21",
         "2025-11-01 2025-11-21"),
        # On its last evening a month is not over; a file that ends with a day tells that day whole.
        ("2026-10-01", "2026-10-31 18:00", False, "2026-10-01 2026-10-31", "2026-09-01 2026-09-30",
         "2025-10-01 2025-10-31"),
        ("2026-10-01", "2026-10-31 00:00", False, "2026-10-01 2026-10-30", "2026-09-01 2026-09-30",
         "2025-10-01 2025-10-30"),
    ],
)  # fmt: skip
def test_a_month_and_what_it_is_compared_with(
    first: str, reached: str, over: bool, this: str, before: str, last_year: str
) -> None:
    found = report_month(date.fromisoformat(first), datetime.fromisoformat(reached).replace(tzinfo=BERLIN))
    assert found.over == over
    told = [days(found.period), days(found.before.period), days(found.last_year.period)]
    assert told == [tuple(each.split()) for each in (this, before, last_year)]


def test_a_whole_month_is_compared_with_the_same_days_as_on_the_pages() -> None:
    today = date(2026, 12, 4)
    picked = chosen(Preset.CUSTOM, today, (date(2026, 11, 1), date(2026, 11, 30)))
    report = report_month(date(2026, 11, 1), datetime(2026, 12, 4, 10, tzinfo=BERLIN))
    assert (report.period, report.before) == (picked, compared(picked, Against.PREVIOUS))
    # Messages sent on 31 October are among what November is compared with.
    whole = compared_days(report.before, picked, whole_days(picked, today))
    assert whole is not None
    assert days(whole) == ("2026-10-01", "2026-10-31")


def test_a_month_that_the_data_do_not_reach_is_refused() -> None:
    reached = datetime(2026, 11, 1, tzinfo=BERLIN)
    with pytest.raises(ValueError, match="2026-11 has not begun by then"):
        report_month(date(2026, 11, 1), reached)
    with pytest.raises(ValueError, match="begins on its first day"):
        report_month(date(2026, 10, 2), reached)
