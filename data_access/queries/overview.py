"""The overview's figures: store orders of the month, what asks for a person, and the company's sales, apart."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from analytics.attention import SIZE_DAYS, SIZE_WEEKS, WEEKS, Drain, Fall, FlowWeeks, drain, fall
from analytics.decomposition import ChannelSum, Made, Purchases
from analytics.deliverability import TREND_DAYS, Standing, standings
from analytics.engagement import NOTHING, Counts, total
from analytics.gaps import filled, told_enough
from analytics.landing import PROFILE_DAYS, Landing, land, month_end, passed_of
from analytics.overview import OverviewFigures, SalesFigures
from analytics.periods import ONE_DAY, Comparison, Period, add_months, day_start
from analytics.promo.pacing import target_of
from data_access.queries.engagement import RECENT_DAYS, counts_of
from data_access.queries.promo_sales import reach_of, target_rows
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

# So far back that two years of months can be tested, each with a year and eight weeks before it.
MONTHS_READ: Final = 38
# Messages of the last days go on winning orders for so long.
WINNING_DAYS: Final = 5
ZERO: Final = Decimal(0)
NO_DAYS: Final = Period(date(1970, 1, 1), date(1970, 1, 1))
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OverviewQuery:
    """What the page asks for: the month so far (`until` a UTC instant), and what it is compared with, if anything.

    sales_state: which sales and targets are there; they have no version of their own. today: the day by the clock, up
    to which sales are shown: they do not wait for a store's sync; None: the last of the period. messages_last,
    segments_last: the last days that the statistics of both have whole, None: `last_whole`.
    """

    period: Period
    until: datetime
    zone: str
    previous: Comparison | None = None
    previous_until: datetime | None = None
    year: Comparison | None = None
    year_until: datetime | None = None
    sales_state: str = ""
    today: date | None = None
    messages_last: date | None = None
    segments_last: date | None = None

    @property
    def running(self) -> bool:
        """Whether the last day is not over."""
        return self.until < day_start(self.period.end + ONE_DAY, ZoneInfo(self.zone))

    @property
    def last_whole(self) -> date:
        """The last day that is over, in the month or behind it."""
        return self.period.end - ONE_DAY if self.running else self.period.end

    @property
    def passed(self) -> float:
        """The share of the last day's hours that has gone by, 0 where it is over."""
        begin = day_start(self.period.end, ZoneInfo(self.zone))
        whole = day_start(self.period.end + ONE_DAY, ZoneInfo(self.zone)) - begin
        return max((self.until - begin) / whole, 0.0) if self.running else 0.0

    def bound(self) -> dict[str, Any]:
        """The values of the parameters of `made`."""
        previous = self.previous.period if self.previous else NO_DAYS
        year = self.year.period if self.year else NO_DAYS
        return {
            "start": self.period.start,
            "end": self.period.end,
            "until": self.until,
            "previous_start": previous.start,
            "previous_end": previous.end,
            "previous_until": self.previous_until or self.until,
            "year_start": year.start,
            "year_end": year.end,
            "year_until": self.year_until or self.until,
        }


@repeatable
def sales_state(stores: Stores, scope: Scope, account: str) -> str:
    """Which sales, targets and planners' settings are there, '' where the scope may not see any. Raises NotPermitted,
    StoreError."""
    scope.require(Right.VIEW, account)
    if not scope.allows(Right.PROMO_READ):
        return ""
    with scoped_read(stores.operational, scope, account) as session:
        row = session.rows("read/overview/sales_state")[0]
    return "|".join(str(row[name]) for name in ("sales", "sales_at", "targets", "targets_at", "settings"))


@repeatable
def overview(stores: Stores, scope: Scope, account: str, asked: OverviewQuery) -> OverviewFigures:
    """All figures of the overview. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    since = add_months(asked.period.start, -MONTHS_READ)
    with scoped_read(stores.warehouse, scope, account) as session:
        made = session.rows("read/overview/made", **asked.bound())
        days = session.rows("read/overview/days", since=since, end=asked.period.end, until=asked.until)
        hours = _hours(session, asked) if asked.running else None
        mail = _mail(session, asked.messages_last or asked.last_whole)
        weeks = _weeks(session, asked.messages_last or asked.last_whole)
        drains = _drains(session, asked.segments_last or asked.last_whole)
    with scoped_read(stores.operational, scope, account) as session:
        facts = {row["flow_id"]: row for row in session.rows("read/engagement/flow_facts")}
        sales = _sales(session, asked.today or asked.period.end) if scope.allows(Right.PROMO_READ) else None
    first_day = next((row["day"] for row in days if row["kind"] == "history"), None)
    net: dict[date, Decimal] = {}
    for row in days:
        if row["kind"] != "history":
            amount = row["amount"] or ZERO
            net[row["day"]] = net.get(row["day"], ZERO) + (amount if row["kind"] == "gross" else -amount)
    known = {
        name: _made(made, name)
        for name, other in (("previous", asked.previous), ("year", asked.year))
        if other is not None and first_day is not None and other.period.start >= first_day
    }
    this = _made(made, "this")
    month = Period(add_months(asked.period.start, -12), month_end(add_months(asked.period.start, -12)))
    return OverviewFigures(
        this=this,
        previous=known.get("previous"),
        year=known.get("year"),
        days=dict(sorted(net.items())),
        year_month=sum((net.get(day, ZERO) for day in month), ZERO) if "year" in known else None,
        landing=_landing(net, first_day, since, asked, hours),
        first_day=first_day,
        last_whole=asked.last_whole,
        mail=mail,
        falls=_falls(weeks, facts),
        drains=drains,
        sales=sales,
    )


def _made(rows: Sequence[Row], span: str) -> Made:
    """What one span's net revenue is made of."""
    own = [row for row in rows if row["span"] == span]

    def of(kind: str) -> dict[str, Row]:
        return {row["key"]: row for row in own if row["kind"] == kind}

    def group(key: str) -> Purchases:
        row = of("buyers").get(key)
        return Purchases(int(row["buyers"]), int(row["orders"]), row["amount"] or ZERO) if row else Purchases()

    def amount(row: Row | None) -> Decimal:
        return (row["amount"] if row else None) or ZERO

    won, booked, buyers = of("won"), of("booked"), of("buyers")
    return Made(
        new=group("new"),
        repeat=group("repeat"),
        uncounted=amount(of("uncounted").get("")),
        channels={
            key: ChannelSum(amount(won.get(key)), amount(booked.get(key))) for key in sorted(won.keys() | booked.keys())
        },
        new_customers=int(buyers["new"]["customers"]) if "new" in buyers else 0,
        repeat_customers=int(buyers["repeat"]["customers"]) if "repeat" in buyers else 0,
        placed=sum(int(row["orders"]) for row in won.values()),
        unpriced={key: int(row["orders"]) for key, row in sorted(of("unpriced").items())},
    )


def _hours(session: ScopedSession, asked: OverviewQuery) -> float | None:
    """What part of a day has usually come by the hour that the last one has reached; None with too few orders."""
    zone = ZoneInfo(asked.zone)
    by_hour, orders = [0.0] * 24, 0
    days = {"since": asked.last_whole - timedelta(days=PROFILE_DAYS - 1), "end": asked.last_whole}
    for row in session.rows("read/overview/hours", **days):
        by_hour[row["hour"].astimezone(zone).hour] += float(row["amount"])
        orders += int(row["orders"])
    return passed_of(by_hour, orders, asked.until.astimezone(zone).time())


def _landing(
    net: Mapping[date, Decimal], first_day: date | None, since: date, asked: OverviewQuery, hours: float | None
) -> Landing | None:
    """Where the month's net revenue will land; of the day that is not over counts what is still to come by its hours:
    as the store's days go, or evenly where that is not known."""
    if first_day is None:
        return None
    return land(
        {day: float(value) for day, value in net.items()},
        max(first_day, since),
        asked.last_whole,
        month_end(asked.period.end),
        so_far=float(net.get(asked.period.end, ZERO)) if asked.running else 0.0,
        passed=asked.passed if hours is None else hours,
    )


def _mail(session: ScopedSession, last: date) -> tuple[Standing, ...]:
    """E-mail's rates against the limits of mailbox providers, over the days that the trend goes by."""
    start = last - timedelta(days=RECENT_DAYS - 1)
    days: dict[date, Counts] = {}
    span = {"start": start, "end": last, "recent_start": start, "recent_end": last}
    for row in session.rows("read/engagement/sends", **span, compared_start=None, compared_end=None):
        if row["channel"] == "email":
            days[row["date"]] = days.get(row["date"], NOTHING).plus(counts_of(row))
    recent = [counts for day, counts in days.items() if day > last - timedelta(days=TREND_DAYS)]
    return tuple(standings(total(recent), days, last)) if days else ()


def _weeks(session: ScopedSession, last: date) -> list[dict[str, Any]]:
    start = last - timedelta(days=7 * WEEKS - 1 + WINNING_DAYS)
    return session.rows("read/overview/flow_weeks", weeks_start=start, end=last, ripe_days=WINNING_DAYS)


def _falls(rows: Iterable[Row], facts: Mapping[str, Row]) -> tuple[Fall, ...]:
    """Flows that are not archived and fell, the deepest fall first. Recipients are of whole weeks up to the last day,
    what they brought of weeks that are so old that it is nearly all there."""
    flows: dict[str, FlowWeeks] = {}
    recipients, orders, value = [0.0] * WEEKS, [0.0] * WEEKS, [ZERO] * WEEKS
    for row in sorted(rows, key=lambda row: row["flow_id"]):
        id, place = row["flow_id"], WEEKS - 1 - row["week"]
        if id not in flows:
            recipients, orders, value = [0.0] * WEEKS, [0.0] * WEEKS, [ZERO] * WEEKS
            fact = facts.get(id, {"name": None, "status": None})
            flows[id] = FlowWeeks(
                id, fact["name"] or row["name"] or id, fact["status"] or "", recipients, orders, value
            )
        if place >= 0:
            recipients[place] += float(row["recipients"] or 0)
        # A week that ends WINNING_DAYS earlier begins with the younger part of one and ends with the older of the next.
        place += 0 if row["part"] else 1
        if 0 <= place < WEEKS:
            orders[place] += float(row["orders"] or 0)
            value[place] += row["value"] or ZERO
    kept = [flow for id, flow in flows.items() if id not in facts or not facts[id]["archived"]]
    found = [told for flow in kept if (told := fall(flow)) is not None]
    return tuple(sorted(found, key=lambda each: (-each.pct, -each.usual, each.flow.id)))


def _drains(session: ScopedSession, last: date) -> tuple[Drain, ...]:
    """Segments that drain, by members lost."""
    days = {"start": last - timedelta(days=SIZE_DAYS * SIZE_WEEKS), "end": last}
    sizes: dict[str, list[tuple[date, int]]] = {}
    for row in session.rows("read/engagement/segment_sizes", **days, every=SIZE_DAYS):
        sizes.setdefault(row["segment_id"], []).append((row["day"], int(row["members"])))
    found = [told for id, own in sizes.items() if (told := drain(id, id, own)) is not None]
    if not found:
        return ()
    names = {row["segment_id"]: row["name"] for row in session.rows("read/engagement/segments", **days)}
    named = [Drain(each.id, names.get(each.id) or each.id, each.since, each.before, each.now) for each in found]
    return tuple(sorted(named, key=lambda each: (each.now - each.before, each.name)))


def _sales(session: ScopedSession, today: date) -> SalesFigures | None:
    """The company's sales in the month of their last day up to `today`, with its target; None without either."""
    rows = session.rows("read/overview/sales", since=add_months(today.replace(day=1), -MONTHS_READ), through=today)
    days: dict[date, tuple[Decimal, Decimal]] = {row["day"]: (row["sales"], row["margin"]) for row in rows}
    ends = reach_of(session, max(days), today) if days else None
    # Behind the last day of one channel, what the others sold is not all that was sold.
    days = {day: sold for day, sold in days.items() if ends is None or day <= ends.until}
    last = max(days, default=None)
    end = month_end(last or today)
    settings = session.one("read/promo/settings")
    geo = "" if settings is None else str(json.loads(settings["settings"]).get("geo", ""))
    target = target_of(target_rows(session), end.replace(day=1), geo)
    if last is None and target is None:
        return None
    period = Period(last.replace(day=1), last) if last else None

    by_day, missing = filled({day: float(sold) for day, (sold, _) in days.items()})
    gone = {day: told for day, told in missing.items() if period is not None and day >= period.start}

    def of(period: Period, without: Collection[date] = ()) -> tuple[Decimal, Decimal]:
        held = [days[day] for day in period if day in days and day not in without]
        return sum((sales for sales, _ in held), ZERO), sum((margin for _, margin in held), ZERO)

    year: tuple[Decimal | None, Decimal | None] = (None, None)
    if period is not None:
        before = Period(add_months(period.start, -12), add_months(period.end, -12))
        if min(days) <= before.start:
            year = of(before, {add_months(day, -12) for day in gone})
    sales, margin = of(period) if period else (ZERO, ZERO)
    return SalesFigures(
        period=period,
        month_end=end,
        sales=sales,
        margin=margin,
        year_sales=year[0],
        year_margin=year[1],
        target=target,
        landing=land(by_day, min(days), last, end) if last and (last >= end or told_enough(by_day, missing)) else None,
        missing=len(gone),
        estimated=round(Decimal(repr(sum(gone.values()))), 2),
        reach=ends,
    )
