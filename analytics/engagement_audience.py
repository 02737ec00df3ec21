"""One segment and one form of the engagement page, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.engagement import FormCounts, FormVersion, rate
from analytics.proportions import Winner, winner


@dataclass(frozen=True, slots=True)
class Share:
    """Members of a segment who are in an RFM segment; '' for those without an order that counts. customers: all of the
    store's in that RFM segment."""

    rfm_segment: str
    members: int
    customers: int

    @property
    def reached(self) -> float | None:
        """Members / the store's customers of this RFM segment × 100; None for people without an order."""
        return rate(self.members, self.customers) if self.rfm_segment else None


@dataclass(frozen=True, slots=True)
class SegmentDetail:
    """One segment in a period. days: members at the day's end, joins, leaves. overlap: of the snapshot of a day, those
    with the most members first; empty where none is kept."""

    id: str
    name: str
    days: Mapping[date, tuple[int | None, int, int]]
    overlap: Sequence[Share]
    snapshot: date | None

    @property
    def members(self) -> int:
        """Members in the snapshot."""
        return sum(each.members for each in self.overlap)

    @property
    def buyers(self) -> int:
        """Of these, customers with an order that counts."""
        return sum(each.members for each in self.overlap if each.rfm_segment)


@dataclass(frozen=True, slots=True)
class VersionTest:
    """The version of a form with the largest submit rate against the next best."""

    best: FormVersion
    next_best: FormVersion
    found: Winner


def best_version(versions: Sequence[FormVersion]) -> VersionTest | None:
    """Which version of a form people submit most often; None with fewer than two that were seen.

    Submitters and viewers are sums of uniques over days, so that a person who comes on two days counts twice.
    """
    held = [each for each in versions if each.counts.viewers]
    if len(held) < 2:
        return None
    counts = [
        (min(float(v.counts.submitters or 0), float(v.counts.viewers or 0)), float(v.counts.viewers or 0)) for v in held
    ]
    found = winner(counts)
    return None if found is None else VersionTest(held[found.place], held[found.against], found)


FormDays = Mapping[date, FormCounts]
