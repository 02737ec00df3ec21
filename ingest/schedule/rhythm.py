"""How often a piece of work is due: each so many minutes, or at a time of day in a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ingest.errors import IngestError

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFF: Final = "off"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_EVERY = re.compile(r"(\d{1,4})([mh])\Z")
_AT = re.compile(r"(?:(daily)|weekly ([a-z]{3})|monthly (\d{1,2})) (\d\d):(\d\d)\Z")


class UnreadableRhythm(IngestError):
    """A rhythm that nobody can keep; says how one is written."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Due moments without end. Either `every` (spans of UTC from midnight on, whatever the clocks on the wall do), or
    `at` a time of day: daily, on a `weekday` (1 = Monday) or on a `day` of the month (1–28)."""

    every: timedelta | None = None
    at: time | None = None
    weekday: int | None = None
    day: int | None = None

    @property
    def period(self) -> timedelta:
        """About how long it is from one due moment to the next."""
        if self.every is not None:
            return self.every
        return timedelta(days=7 if self.weekday else 30 if self.day else 1)

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest due moment that is not after `now`, UTC.

        A time of day that a clock change skips is due an hour later, one that it repeats is due once.
        """
        if self.every is not None:
            return _EPOCH + (now - _EPOCH) // self.every * self.every
        day = now.astimezone(zone).date() + _DAY
        while not self._falls_on(day) or self._moment(day, zone) > now:
            day -= _DAY
        return self._moment(day, zone)

    def following(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first due moment after `moment`, UTC."""
        if self.every is not None:
            return self.latest(moment, zone) + self.every
        day = moment.astimezone(zone).date() - _DAY
        while not self._falls_on(day) or self._moment(day, zone) <= moment:
            day += _DAY
        return self._moment(day, zone)

    def words(self) -> str:
        """'every 15 min', 'daily at 03:00', 'on Sundays at 04:00', 'on day 1 of the month at 05:00'."""
        if self.every is not None:
            minutes = int(self.every.total_seconds() // 60)
            return f"every {minutes // 60} h" if minutes % 60 == 0 else f"every {minutes} min"
        at = f"at {self.at:%H:%M}"
        if self.weekday:
            return f"on {NAMES[self.weekday - 1]}s {at}"
        return f"on day {self.day} of the month {at}" if self.day else f"daily {at}"

    def _falls_on(self, day: date) -> bool:
        return self.weekday in (None, day.isoweekday()) and self.day in (None, day.day)

    def _moment(self, day: date, zone: ZoneInfo) -> datetime:
        assert self.at is not None
        return datetime.combine(day, self.at, zone).astimezone(UTC)


def rhythm(text: str) -> Rhythm | None:
    """'15m', '4h', 'daily 03:00', 'weekly sun 04:00', 'monthly 1 05:00'; None for 'off'. Raises UnreadableRhythm."""
    plain = " ".join(text.lower().split())
    if plain == OFF:
        return None
    if found := _EVERY.match(plain):
        minutes = int(found[1]) * (60 if found[2] == "h" else 1)
        if 1 <= minutes <= 24 * 60:
            return Rhythm(every=timedelta(minutes=minutes))
    if found := _AT.match(plain):
        weekday = WEEKDAYS.index(found[2]) + 1 if found[2] in WEEKDAYS else None
        day = int(found[3]) if found[3] else None
        named = found[1] or weekday or (day and 1 <= day <= 28)
        if named and int(found[4]) < 24 and int(found[5]) < 60:
            return Rhythm(at=time(int(found[4]), int(found[5])), weekday=weekday, day=day)
    raise UnreadableRhythm(
        f"'{text.strip()}' is not a rhythm. Write 15m, 4h (up to 24h), daily 03:00, weekly sun 04:00, monthly 1 05:00 "
        "(day 1 to 28), or off."
    )


def chosen_rhythms(text: str, known: frozenset[str]) -> dict[str, Rhythm | None]:
    """'sync=30m, backup=daily 01:30, pairs=off' by name. Raises UnreadableRhythm."""
    found: dict[str, Rhythm | None] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        name, separator, value = (part.strip() for part in piece.partition("="))
        if not separator or name not in known:
            raise UnreadableRhythm(
                f"SCHEDULE_RHYTHM: '{piece}' names no work. Write name=rhythm; the names: {', '.join(sorted(known))}."
            )
        found[name] = rhythm(value)
    return found
