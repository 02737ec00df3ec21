"""A report's timeframe and buckets in the account's time zone: a request's offsets are ignored, ends are inclusive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.api.errors import ApiError

POINTER = "/data/attributes/timeframe"
LONGEST = timedelta(days=366)
LIMITS = {
    "hourly": timedelta(days=7),
    "daily": timedelta(days=60),
    "weekly": timedelta(weeks=52, days=7),
    "monthly": timedelta(weeks=52, days=31),
}
SEGMENTS_SINCE = datetime(2023, 6, 1)  # noqa: DTZ001 - a wall-clock bound, compared with wall-clock values


@dataclass(frozen=True)
class Timeframe:
    """[start, end) as local wall-clock times."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    def seconds(self) -> tuple[int, int]:
        return self.to_utc(self.start), self.to_utc(self.end)

    def to_utc(self, wall: datetime) -> int:
        return int(wall.replace(tzinfo=self.zone).timestamp())

    def label(self, wall: datetime) -> str:
        return wall.replace(tzinfo=self.zone).isoformat()


def _month_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _key_range(key: str, today: date) -> tuple[date, date]:
    """(first day, day after the last) of a named timeframe."""
    monday = today - timedelta(days=today.weekday())
    tomorrow = today + timedelta(days=1)
    ranges = {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "this_week": (monday, tomorrow),
        "last_week": (monday - timedelta(days=7), monday),
        "last_7_days": (today - timedelta(days=7), today),
        "last_30_days": (today - timedelta(days=30), today),
        "last_90_days": (today - timedelta(days=90), today),
        "last_365_days": (today - timedelta(days=365), today),
        "this_month": (today.replace(day=1), tomorrow),
        "last_month": (_month_back(today, 1), today.replace(day=1)),
        "last_3_months": (_month_back(today, 3), today.replace(day=1)),
        "last_12_months": (_month_back(today, 12), today.replace(day=1)),
        "this_year": (today.replace(month=1, day=1), tomorrow),
        "last_year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if key not in ranges:
        raise ApiError(400, f"'{key}' is not a valid timeframe key.", pointer=POINTER)
    return ranges[key]


def _wall(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError:
        raise ApiError(400, f"'{text}' is not an ISO 8601 date-time.", pointer=POINTER) from None


def parse_timeframe(raw: Any, zone_name: str, now: int) -> Timeframe:
    """Raises ApiError 400 for a missing, inverted or too long (over a year) timeframe."""
    zone = ZoneInfo(zone_name)
    if not isinstance(raw, dict) or not (("key" in raw) ^ ("start" in raw and "end" in raw)):
        raise ApiError(400, "A timeframe needs either a key or a start and an end.", pointer=POINTER)
    if "key" in raw:
        first, after = _key_range(str(raw["key"]), datetime.fromtimestamp(now, zone).date())
        start, end = (datetime.combine(day, datetime.min.time()) for day in (first, after))
        return Timeframe(start, end, zone)
    start, last = _wall(raw["start"]), _wall(raw["end"])
    if last < start:
        raise ApiError(400, "The timeframe's end lies before its start.", pointer=POINTER)
    end = last.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if end - start > LONGEST:
        raise ApiError(400, "A timeframe may be at most 1 year long.", pointer=POINTER)
    return Timeframe(start, end, zone)


def buckets(frame: Timeframe, interval: str) -> list[datetime]:
    """Local starts of the buckets. Raises ApiError 400 where the interval does not fit the timeframe's length."""
    if interval not in LIMITS:
        raise ApiError(400, f"'{interval}' is not a valid interval.", pointer="/data/attributes/interval")
    if frame.end - frame.start > LIMITS[interval]:
        raise ApiError(
            400,
            f"The timeframe is too long for the interval '{interval}'.",
            pointer="/data/attributes/interval",
        )
    at = frame.start.replace(minute=0, second=0, microsecond=0)
    if interval != "hourly":
        at = at.replace(hour=0)
    if interval == "weekly":
        at -= timedelta(days=at.weekday())
    if interval == "monthly":
        at = at.replace(day=1)
    found = []
    while at < frame.end:
        found.append(at)
        if interval == "hourly":
            at += timedelta(hours=1)
        elif interval == "daily":
            at += timedelta(days=1)
        elif interval == "weekly":
            at += timedelta(days=7)
        else:
            at = (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found
