"""When something is due: spans of UTC, and times of day where the clocks on the wall change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.schedule.rhythm import Rhythm, UnreadableRhythm, chosen_rhythms, rhythm

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KATHMANDU = ZoneInfo("Asia/Kathmandu")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_spans_start_at_midnight_utc_whatever_the_zone() -> None:
    quarter = Rhythm(every=timedelta(minutes=15))
    assert quarter.latest(at("2026-11-21T12:14:59Z"), KATHMANDU) == at("2026-11-21T12:00Z")
    assert quarter.latest(at("2026-11-21T12:15:00Z"), BERLIN) == at("2026-11-21T12:15Z")
    assert quarter.following(at("2026-11-21T12:15:00Z"), BERLIN) == at("2026-11-21T12:30Z")
    four = Rhythm(every=timedelta(hours=4))
    assert four.latest(at("2026-11-21T03:59Z"), BERLIN) == at("2026-11-21T00:00Z")


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (BERLIN, "2026-11-21T01:59:59Z", "2026-11-20T02:00Z"),
        (BERLIN, "2026-11-21T02:00:00Z", "2026-11-21T02:00Z"),
        (NEW_YORK, "2026-11-21T07:59Z", "2026-11-20T08:00Z"),
        (NEW_YORK, "2026-11-21T08:00Z", "2026-11-21T08:00Z"),
        (KATHMANDU, "2026-11-20T21:15Z", "2026-11-20T21:15Z"),
    ],
)
def test_three_in_the_morning_is_the_zone_s(zone: ZoneInfo, now: str, expected: str) -> None:
    assert Rhythm(at=time(3)).latest(at(now), zone) == at(expected)


def test_a_time_that_the_clock_change_skips_is_due_once() -> None:
    """On 29 March 2026 the clocks in Berlin go from 02:00 to 03:00: 02:30 does not exist."""
    daily = Rhythm(at=time(2, 30))
    assert daily.following(at("2026-03-28T12:00Z"), BERLIN) == at("2026-03-29T01:30Z")
    assert daily.latest(at("2026-03-29T20:00Z"), BERLIN) == at("2026-03-29T01:30Z")
    assert daily.following(at("2026-03-29T01:30Z"), BERLIN) == at("2026-03-30T00:30Z")


def test_a_time_that_the_clock_change_repeats_is_due_once() -> None:
    """On 25 October 2026 the clocks in Berlin go from 03:00 back to 02:00: 02:30 comes twice."""
    daily = Rhythm(at=time(2, 30))
    first = daily.following(at("2026-10-24T12:00Z"), BERLIN)
    assert first == at("2026-10-25T00:30Z")
    assert daily.latest(at("2026-10-25T01:30Z"), BERLIN) == first
    assert daily.following(first, BERLIN) == at("2026-10-26T01:30Z")


def test_weeks_and_months() -> None:
    weekly = Rhythm(at=time(4), weekday=7)
    assert weekly.latest(at("2026-11-21T12:00Z"), ZoneInfo("UTC")) == at("2026-11-15T04:00Z")
    assert weekly.following(at("2026-11-21T12:00Z"), ZoneInfo("UTC")) == at("2026-11-22T04:00Z")
    monthly = Rhythm(at=time(5), day=28)
    assert monthly.latest(at("2026-03-01T00:00Z"), ZoneInfo("UTC")) == at("2026-02-28T05:00Z")
    assert monthly.following(at("2026-02-28T05:00Z"), ZoneInfo("UTC")) == at("2026-03-28T05:00Z")


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("15m", Rhythm(every=timedelta(minutes=15)), "every 15 min"),
        ("4H", Rhythm(every=timedelta(hours=4)), "every 4 h"),
        (" daily  01:30 ", Rhythm(at=time(1, 30)), "daily at 01:30"),
        ("weekly sun 04:00", Rhythm(at=time(4), weekday=7), "on Sundays at 04:00"),
        ("monthly 1 05:00", Rhythm(at=time(5), day=1), "on day 1 of the month at 05:00"),
    ],
)
def test_what_can_be_written(text: str, expected: Rhythm, words: str) -> None:
    assert rhythm(text) == expected
    assert expected.words() == words


@pytest.mark.parametrize(
    "text", ["", "0m", "25h", "15", "daily", "daily 24:00", "weekly day 04:00", "monthly 29 05:00", "monthly 0 05:00"]
)
def test_what_nobody_can_keep_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRhythm, match="is not a rhythm"):
        rhythm(text)


def test_a_choice_names_its_work() -> None:
    known = frozenset({"sync", "pairs"})
    assert chosen_rhythms("sync=30m, pairs = off,", known) == {
        "sync": Rhythm(every=timedelta(minutes=30)),
        "pairs": None,
    }
    with pytest.raises(UnreadableRhythm, match=r"'snyc=30m' names no work.*pairs, sync"):
        chosen_rhythms("snyc=30m", known)
