"""An account's days, weeks and months as instants, and the calendar with its holidays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

_INSTANT = pa.timestamp("us", "UTC")
DAYS = pa.schema([("date", pa.date32())])
PERIODS = pa.schema(
    [("date", pa.date32()), ("day_start", _INSTANT), ("week_start", _INSTANT), ("month_start", _INSTANT)]
)
BUCKETS = pa.schema([("day_start", _INSTANT), ("time_bucket", _INSTANT), ("bucket_size", pa.string())])
ONE_DAY = timedelta(days=1)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins; where clocks skip midnight, the first one after it; of two, the earlier."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_gone(since: date, instant: datetime, zone: ZoneInfo) -> float:
    """How many of the account's days have gone by from the beginning of one, by the clock on the wall: a day on which
    clocks change is one."""
    return (instant.astimezone(zone).replace(tzinfo=None) - datetime.combine(since, time())) / ONE_DAY


def local_days(utc_days: Iterable[date], zone: ZoneInfo) -> set[date]:
    """The account's days that share an instant with the given UTC days."""
    found: set[date] = set()
    for day in utc_days:
        start = datetime.combine(day, time(), UTC)
        found |= {start.astimezone(zone).date(), (start + ONE_DAY - timedelta(microseconds=1)).astimezone(zone).date()}
    return found


def span_of(start: datetime, end: datetime, zone: ZoneInfo | None = None) -> set[date]:
    """Every day, of the zone or UTC, from one instant to another, both in."""
    first, last = start.astimezone(zone or UTC).date(), end.astimezone(zone or UTC).date()
    return {first + timedelta(days=place) for place in range((last - first).days + 1)}


def day_table(days: Collection[date]) -> pa.Table:
    """Days as Arrow: date."""
    return pa.Table.from_pydict({"date": sorted(days)}, schema=DAYS)


def period_table(days: Collection[date], zone: ZoneInfo) -> pa.Table:
    """Days as Arrow: date, and the instants at which the day, its week (Monday) and its month begin."""
    rows = [
        {
            "date": day,
            "day_start": day_start(day, zone),
            "week_start": day_start(_monday(day), zone),
            "month_start": day_start(day.replace(day=1), zone),
        }
        for day in sorted(days)
    ]
    return pa.Table.from_pylist(rows, schema=PERIODS)


def bucket_table(days: Collection[date], zone: ZoneInfo) -> pa.Table:
    """Which days make up the weeks and months that the given days lie in: day_start, time_bucket, bucket_size."""
    rows: list[dict[str, Any]] = []
    for monday in sorted({_monday(day) for day in days}):
        rows += _bucket(monday, monday + 7 * ONE_DAY, "1 week", zone)
    for first in sorted({day.replace(day=1) for day in days}):
        rows += _bucket(first, (first + 31 * ONE_DAY).replace(day=1), "1 month", zone)
    return pa.Table.from_pylist(rows, schema=BUCKETS)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _bucket(first: date, after: date, size: str, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    start = day_start(first, zone)
    for place in range((after - first).days):
        yield {"day_start": day_start(first + timedelta(days=place), zone), "time_bucket": start, "bucket_size": size}


def calendar_tables(
    years: Collection[int], default_country: str, countries: Collection[str]
) -> tuple[pa.Table, pa.Table]:
    """dim_time's rows for whole years, and the holidays (country, date, name) of each country.

    is_holiday is the default country's. A country that the holidays library does not know has none.
    """
    found = {country: _holidays(country, years) for country in {default_country, *countries} if country}
    own = {day for day, _ in found.get(default_country, ())}
    days = []
    for year in sorted(years):
        day = date(year, 1, 1)
        while day.year == year:
            days.append(
                {
                    "date": day,
                    "year": day.year,
                    "month": day.month,
                    "day": day.day,
                    "day_of_week": day.isoweekday(),
                    "week_of_year": day.isocalendar().week,
                    "is_weekend": day.isoweekday() >= 6,
                    "is_holiday": day in own,
                }
            )
            day += ONE_DAY
    rows = [{"country": c, "date": day, "name": name} for c, told in sorted(found.items()) for day, name in told]
    schema = pa.schema([("country", pa.string()), ("date", pa.date32()), ("name", pa.string())])
    return pa.Table.from_pylist(days), pa.Table.from_pylist(rows, schema=schema)


def holidays_of(country: str, years: Collection[int]) -> frozenset[date]:
    """The public holidays of a country ('' for none) in some years; none of one that the library does not know."""
    return frozenset(day for day, _ in _holidays(country, years)) if country else frozenset()


def named_holidays(country: str, years: Collection[int]) -> tuple[tuple[date, str], ...]:
    """The same with their names, in order."""
    return tuple(_holidays(country, years)) if country else ()


def _holidays(country: str, years: Collection[int]) -> list[tuple[date, str]]:
    import holidays  # 0.1 s, and only a new year or country needs it

    if country not in holidays.list_supported_countries():
        return []
    return sorted(holidays.country_holidays(country, years=sorted(years)).items())
