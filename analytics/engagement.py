"""What messages reached and brought, as plain values: counts, and rates made of sums.

Counts are Klaviyo's statistics by send date; money is Decimal in the account's currency, rates are per cent.
Definitions: docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from analytics.periods import ONE_DAY, Comparison, Period

if TYPE_CHECKING:
    from analytics.campaign_standing import Usual

CHANNELS: Final = ("email", "sms", "push", "whatsapp")
# What a text message tells of itself: no open.
UNOPENABLE: Final = frozenset({"sms"})

Number = int | Decimal | None


class Counts(NamedTuple):
    """What a set of messages adds up to; None where nothing is known.

    opens, clicks, converted, unsubscribed: people, added up over messages and days ('sum of uniques'). openable: what
    was delivered on channels that tell opens. conversions: orders; value: theirs, as Klaviyo attributes it. spend: cost
    of text messages; credits: what they used.
    """

    recipients: Number = None
    delivered: Number = None
    bounced: Number = None
    failed: Number = None
    openable: Number = None
    opens: Number = None
    clicks: Number = None
    converted: Number = None
    conversions: Number = None
    value: Decimal | None = None
    unsubscribed: Number = None
    complaints: Number = None
    spend: Decimal | None = None
    credits: Number = None

    def plus(self, other: Counts) -> Counts:
        """The counts of both."""
        if other is NOTHING or self is NOTHING:
            return self if other is NOTHING else other
        return total((self, other))

    @property
    def delivery_rate(self) -> float | None:
        """Delivered / recipients × 100."""
        return rate(self.delivered, self.recipients)

    @property
    def bounce_rate(self) -> float | None:
        """Bounced / recipients × 100."""
        return rate(self.bounced, self.recipients)

    @property
    def open_rate(self) -> float | None:
        """Unique opens / delivered × 100, over the channels that tell opens."""
        return rate(self.opens, self.openable)

    @property
    def click_rate(self) -> float | None:
        """Unique clicks / delivered × 100."""
        return rate(self.clicks, self.delivered)

    @property
    def conversion_rate(self) -> float | None:
        """People who converted / delivered × 100."""
        return rate(self.converted, self.delivered)

    @property
    def unsubscribe_rate(self) -> float | None:
        """People who unsubscribed / delivered × 100."""
        return rate(self.unsubscribed, self.delivered)

    @property
    def complaint_rate(self) -> float | None:
        """Spam complaints / delivered × 100."""
        return rate(self.complaints, self.delivered)

    @property
    def per_recipient(self) -> Decimal | None:
        """Conversion value / recipients."""
        return None if self.value is None or not self.recipients else self.value / self.recipients

    @property
    def spend_return(self) -> Decimal | None:
        """Conversion value for each unit of money that text messages cost."""
        return None if self.value is None or not self.spend else self.value / self.spend

    @property
    def cost_per_order(self) -> Decimal | None:
        """Cost of text messages / orders."""
        return None if self.spend is None or not self.conversions else self.spend / self.conversions

    @property
    def unexplained(self) -> int:
        """Recipients that are neither delivered, bounced nor failed."""
        if self.recipients is None or self.delivered is None:
            return 0
        return int(self.recipients - self.delivered - (self.bounced or 0) - (self.failed or 0))


NOTHING: Final = Counts()


def rate(part: Number, whole: Number) -> float | None:
    """part / whole × 100; None where one is not known or the whole is 0."""
    return None if part is None or not whole else float(part) / float(whole) * 100


def total(counts: Iterable[Counts]) -> Counts:
    """All of them added up."""
    rows = list(counts)
    if len(rows) == 1:
        return rows[0]
    # A column at a time: a page adds up thousands of rows.
    columns = list(zip(*rows, strict=True))
    return Counts._make(map(_sum, columns)) if columns else NOTHING


def _sum(column: tuple[Any, ...]) -> Any:
    known = [value for value in column if value is not None] if None in column else column
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Part:
    """Which messages are looked at: of one kind ('campaign', 'flow') or channel; '' for all."""

    kind: str = ""
    channel: str = ""

    def holds(self, kind: str, channel: str) -> bool:
        """Whether messages of this kind and channel belong to it."""
        return self.kind in ("", kind) and self.channel in ("", channel)


Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sends:
    """What was sent in some days by kind and channel, and by the bucket of a series."""

    groups: Mapping[Key, Counts] = field(default_factory=dict)
    buckets: Mapping[date, Mapping[Key, Counts]] = field(default_factory=dict)
    # A page asks for the same sums a dozen times in each of its runs, and the figures are kept between them.
    _sums: dict[tuple[Part, date | None], Counts] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, part: Part) -> Counts:
        """The sum over a part."""
        return self._sum(part, None)

    def by_bucket(self, part: Part, starts: Sequence[date]) -> list[Counts]:
        """A part's sum in each bucket."""
        return [self._sum(part, start) for start in starts]

    def _sum(self, part: Part, start: date | None) -> Counts:
        """A part's sum in the bucket that begins on a day, None: in all days."""
        known = self._sums.get((part, start))
        if known is None:
            held = self.groups if start is None else self.buckets.get(start, {})
            known = self._sums[part, start] = total(counts for key, counts in held.items() if part.holds(*key))
        return known

    @property
    def channels(self) -> list[str]:
        """The channels that sent something, in their usual order."""
        there = {channel for (_, channel), counts in self.groups.items() if counts.recipients}
        return [*(c for c in CHANNELS if c in there), *sorted(there - {*CHANNELS})]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign. sent_at: the moment, where it is known; tags and subjects: as Klaviyo has them."""

    id: str
    name: str
    channel: str
    sent_on: date
    counts: Counts
    sent_at: datetime | None = None
    tags: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow by channel. whole, compared: as `EngagementFigures`; weeks: value of thirteen weeks, the last one last.

    status: 'live', 'manual', 'draft', '' where it is not known.
    """

    id: str
    name: str
    status: str
    trigger: str
    archived: bool
    this: Mapping[str, Counts]
    whole: Mapping[str, Counts]
    compared: Mapping[str, Counts]
    weeks: Mapping[str, Sequence[Decimal]]
    tags: tuple[str, ...] = ()


class FormCounts(NamedTuple):
    """Views and submits of a form; viewers, submitters, qualified: people, added up over days."""

    views: Number = None
    viewers: Number = None
    submits: Number = None
    submitters: Number = None
    qualified: Number = None

    def plus(self, other: FormCounts) -> FormCounts:
        """The counts of both."""
        return FormCounts._make(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))

    @property
    def submit_rate(self) -> float | None:
        """People who submitted a step / people who viewed the form × 100."""
        return rate(self.submitters, self.viewers)


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One version of a form: what it is, and its counts; closed: people who closed it. step_views, step_submits: of all
    of its steps together, which are what Klaviyo reports."""

    id: str
    variation: str
    kind: str
    status: str
    counts: FormCounts
    step_viewers: Number
    closed: Number
    step_views: Number = None
    step_submits: Number = None

    @property
    def step_loss(self) -> float | None:
        """Views of a step that were not followed by its submit, in per cent."""
        part = rate(self.step_submits, self.step_views)
        return None if part is None else 100 - part


@dataclass(frozen=True, slots=True)
class Form:
    """One form; compared None where nothing was compared or it was not there."""

    id: str
    name: str
    status: str
    this: FormCounts
    whole: FormCounts
    compared: FormCounts | None
    versions: tuple[FormVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment in the period: members at its last known day and before its first, joins and leaves, sizes of some
    days."""

    id: str
    name: str
    active: bool | None
    members: int | None
    before: int | None
    joined: int
    gone: int
    sizes: tuple[tuple[date, int], ...]

    @property
    def growth(self) -> float | None:
        """Change of its members over the period in per cent."""
        if self.members is None or not self.before:
            return None
        return (self.members - self.before) / self.before * 100


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list that people subscribe to, with its sizes on some days of the period, ascending; none where none is known.
    The first and the last day with a size are among them."""

    id: str
    name: str
    opt_in: str
    created_at: datetime | None
    sizes: tuple[tuple[date, int], ...] = ()

    @property
    def members(self) -> int | None:
        """Its size on the last day that has one."""
        return self.sizes[-1][1] if self.sizes else None

    @property
    def growth(self) -> float | None:
        """Change from its first size in the period to the last in per cent."""
        if len(self.sizes) < 2 or not self.sizes[0][1]:
            return None
        first, last = self.sizes[0][1], self.sizes[-1][1]
        return (last - first) / first * 100


class Audiences(NamedTuple):
    """Segments and lists."""

    segments: tuple[Segment, ...] = ()
    lists: tuple[MailingList, ...] = ()


class Won(NamedTuple):
    """Orders that messages of one kind and channel won, by order date.

    gross: their value; earlier: the part won by campaigns that were sent before the period.
    """

    orders: int = 0
    gross: Decimal = Decimal(0)
    earlier: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Legacy:
    """Figures of one message that an earlier system kept; statistics by Klaviyo's names."""

    campaign_id: str
    message_id: str
    channel: str
    name: str
    subject: str
    tags: tuple[str, ...]
    statistics: Mapping[str, Decimal | None]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class EngagementFigures:
    """All that the engagement page shows, read from one state of the data.

    this: the period. whole: its days that are over; what is compared is compared with these. compared: their
    counterparts, None without. recent: e-mail by day, the last whole days. campaigns: sent in the period; usual: of
    those of the year up to its end, the period's among them. won: orders of the period by what won them. first_day: the
    first day with a statistic of a message. known: whether the account has statistics of anything. people,
    campaigns_people: opens and clicks of e-mail in sends, and of campaigns, are those of people, machines left out.
    """

    this: Sends
    whole: Sends
    compared: Sends | None
    recent: Mapping[date, Counts]
    campaigns: tuple[Campaign, ...]
    usual: Usual
    won: Mapping[Key, Won]
    first_day: date | None
    known: bool
    legacy: tuple[Legacy, ...] = ()
    people: bool = False
    campaigns_people: bool = False


def whole_days(period: Period, as_of: date | None) -> Period | None:
    """The days of a period that are over on the day `as_of`, which itself is not; None where there is none."""
    if as_of is None:
        return period
    last = min(period.end, as_of - ONE_DAY)
    return Period(period.start, last, period.kind) if last >= period.start else None


def compared_days(comparison: Comparison | None, this: Period, whole: Period | None) -> Period | None:
    """The days that the whole days of a period (`this`) are compared with: all of them once it is over."""
    if comparison is None or whole is None:
        return None
    if whole.end == this.end:
        return comparison.period
    return Period(comparison.period.start, comparison.counterpart(whole.end))


SegmentDay = tuple[date, int, Number, Number]


def segment_of(
    id: str, name: str, active: bool | None, moves: tuple[Number, Number], days: Sequence[SegmentDay]
) -> Segment:
    """A segment from the period's joins and leaves, and days with a size, ascending: day, members at its end, joins,
    leaves. The first and the last day with a size are among them."""
    before = days[0][1] - int(days[0][2] or 0) + int(days[0][3] or 0) if days else None
    joined, gone = (int(move or 0) for move in moves)
    sizes = tuple((day, members) for day, members, _, _ in days)
    return Segment(id, name, active, days[-1][1] if days else None, before, joined, gone, sizes)


def year_before(day: date) -> date:
    """The first day of the 365 that end on a day."""
    return day - timedelta(days=364)
