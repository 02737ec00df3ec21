"""A holdout: people left out of a campaign on purpose, and what it brought on top of what they bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from analytics.incrementality import Incrementality, Kind, Sums, compared, side_of
from analytics.proportions import two_proportions

# Days from the day of sending on in which purchases count, unless the person says others.
USUAL_DAYS: Final = 14
MOST_DAYS: Final = 90
MOST_LISTED: Final = 1_000_000
# Another campaign counts as one that only one side got from this difference in points on, where chance is left out.
_APART_POINTS: Final = 5.0
_APART_P: Final = 0.001
REACHED, LEFT_OUT, LEAKED = "reached", "left_out", "leaked"


class Source(StrEnum):
    """Where those left out are told."""

    FILE = "file"
    SEGMENT = "segment"


class Unmeasurable(StrEnum):
    """Why there is nothing to compare yet, or at all."""

    NOT_SENT = "not_sent"
    TOO_EARLY = "too_early"
    NOBODY_REACHED = "nobody_reached"
    NOBODY_LEFT_OUT = "nobody_left_out"


@dataclass(frozen=True, slots=True)
class Holdout:
    """As it was named, and on what it was last measured. days: from the day of sending on; listed, unknown, repeated:
    entries of the list, those that name nobody, and those that name somebody once more; snapshot: the day as of which
    a segment's members are known; sent_on: None while nobody knows when the campaign was sent."""

    campaign: str
    name: str
    kind: Kind
    source: Source
    source_name: str
    snapshot: date | None
    days: int
    listed: int
    unknown: int
    repeated: int
    sent_on: date | None
    history_from: date | None
    by: str

    @property
    def last(self) -> date | None:
        """The last day whose orders count."""
        return None if self.sent_on is None else self.sent_on + timedelta(days=self.days - 1)

    @property
    def before(self) -> date | None:
        """The first of as many days before the day of sending."""
        return None if self.sent_on is None else self.sent_on - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Arm:
    """What the people of one side bought in the days after and in as many before. revenue: net revenue of orders, in
    the account's currency; unpriced: orders without a rate, which are in no revenue."""

    people: int = 0
    buyers: int = 0
    buyers_before: int = 0
    orders: int = 0
    orders_before: int = 0
    orders_squares: int = 0
    orders_before_squares: int = 0
    orders_products: int = 0
    revenue: Decimal = Decimal(0)
    revenue_before: Decimal = Decimal(0)
    revenue_squares: Decimal = Decimal(0)
    revenue_before_squares: Decimal = Decimal(0)
    revenue_products: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def spent(self) -> Sums:
        """Revenue, summed over people."""
        money = (
            self.revenue, self.revenue_before, self.revenue_squares, self.revenue_before_squares, self.revenue_products
        )  # fmt: skip
        return Sums(*map(float, money))

    @property
    def ordered(self) -> Sums:
        """Orders, summed over people."""
        numbers = (
            self.orders, self.orders_before, self.orders_squares, self.orders_before_squares, self.orders_products
        )  # fmt: skip
        return Sums(*map(float, numbers))


@dataclass(frozen=True, slots=True)
class Contact:
    """Another campaign in the days that count: of how many people of each side it was got."""

    campaign: str
    name: str
    reached: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Attributed:
    """What attribution credits the campaign with. orders, gross, net: its orders in the days that count; klaviyo:
    Klaviyo's own figure over the campaign's whole life, None without a report."""

    orders: int
    gross: Decimal
    net: Decimal
    klaviyo: Decimal | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a campaign added. revenue, orders: None where `lacking` says why; contacts: other campaigns that were got,
    the most first; apart: those of them that one side got much more than the other; until: the last of the days that
    count whose orders are all known, None while nobody knows when it was sent; over: whether it is the last of all."""

    holdout: Holdout
    arms: Mapping[str, Arm]
    revenue: Incrementality | None
    orders: Incrementality | None
    lacking: Unmeasurable | None
    contacts: Sequence[Contact]
    apart: Sequence[Contact]
    attributed: Attributed
    until: date | None
    over: bool

    @property
    def more_orders(self) -> tuple[float, float, float] | None:
        """Orders on top of all whom it reached: low, middle, high."""
        return None if self.orders is None else self.orders.revenue


def measured(
    holdout: Holdout,
    arms: Mapping[str, Arm],
    contacts: Sequence[Contact],
    attributed: Attributed,
    known: float | None,
) -> Measured:
    """Both sides compared. known: days since the beginning of the day of sending whose orders are known, None where
    no orders are."""
    reached, left_out, leaked = (arms.get(name, Arm()) for name in (REACHED, LEFT_OUT, LEAKED))
    over = known is not None and known >= holdout.days
    until = holdout.last
    if not over and holdout.sent_on is not None and known is not None:
        until = holdout.sent_on + timedelta(days=int(known) - 1)
    lacking = None
    if holdout.sent_on is None:
        lacking = Unmeasurable.NOT_SENT
    elif known is None or known < 1:
        lacking = Unmeasurable.TOO_EARLY
    elif not reached.people:
        lacking = Unmeasurable.NOBODY_REACHED
    elif not left_out.people:
        lacking = Unmeasurable.NOBODY_LEFT_OUT
    before_known = (
        holdout.history_from is not None and holdout.before is not None and holdout.history_from <= holdout.before
    )

    def told(sums: tuple[Sums, Sums]) -> Incrementality | None:
        if lacking is not None or known is None:
            return None
        return compared(
            holdout.kind,
            side_of(reached.people, reached.buyers, sums[0]),
            side_of(left_out.people, left_out.buyers, sums[1]),
            leaked=leaked.people,
            days=min(known, holdout.days),
            days_before=holdout.days,
            over=over,
            before_known=before_known,
        )

    return Measured(
        holdout=holdout,
        arms=arms,
        revenue=told((reached.spent, left_out.spent)),
        orders=told((reached.ordered, left_out.ordered)),
        lacking=lacking,
        contacts=contacts,
        apart=[each for each in contacts if _apart(each, reached.people, left_out.people)],
        attributed=attributed,
        until=until,
        over=over,
    )


def _apart(contact: Contact, reached: int, left_out: int) -> bool:
    found = two_proportions(contact.reached, reached, contact.left_out, left_out)
    return found is not None and abs(found.points) > _APART_POINTS and found.p_value < _APART_P
