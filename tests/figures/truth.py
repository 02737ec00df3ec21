"""What the figures are by definition: plain Python over literal events, one row after the other, no SQL and no reuse.

Written from the definitions of the figures. Money is Decimal and rounded half up (away from zero) to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.figures.literal import CANCELLED, PLACED, REFUNDED, Event

CENT = Decimal("0.01")
KINDS = {
    "m-open": ("email", "opened"),
    "m-click": ("email", "clicked"),
    "m-received": ("email", "received"),
    "m-sms": ("sms", "received"),
    "m-sms-click": ("sms", "clicked"),
}


def cents(value: Decimal) -> Decimal:
    # Money knows no negative zero.
    return value.quantize(CENT, ROUND_HALF_UP) + 0


@dataclass
class World:
    """Everything that is known of an account in the end, in whichever order it came."""

    timezone: str = "Europe/Berlin"
    currency: str = "EUR"
    own_currency: str = "EUR"
    events: dict[str, Event] = field(default_factory=dict)
    emails: dict[str, str | None] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    touches: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    rates: list[tuple[str, str, str, str]] = field(default_factory=list)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def customer(self, profile: str) -> str:
        """Where a profile's merges end; of a circle it is the least id."""
        seen: list[str] = []
        while profile in self.merged:
            if profile in seen:
                return min(seen[seen.index(profile) :])
            seen.append(profile)
            profile = self.merged[profile]
        return profile

    def email(self, customer: str) -> str:
        found = self.emails.get(customer)
        return found.strip().lower() if found else customer

    def converted(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        """By the latest rate on or before the day, told in either direction; None without one."""
        if currency == self.currency:
            return amount
        known = []
        for told, base, quote, rate in self.rates:
            if date.fromisoformat(told) <= day:
                if (base, quote) == (currency, self.currency):
                    known.append((date.fromisoformat(told), 1, Decimal(rate)))
                if (quote, base) == (currency, self.currency):
                    known.append((date.fromisoformat(told), 0, Decimal(rate)))
        if not known:
            return None
        _, direct, rate = max(known)
        return cents(amount * rate if direct else amount / rate)


@dataclass
class Order:
    event: Event
    id: str
    customer: str
    value: Decimal
    currency: str
    own: Decimal | None
    day: date
    cancelled: bool = False
    number: int = 0
    gap: int | None = None
    spent: Decimal = Decimal(0)
    so_far: int = 0
    won: dict[str, str] | None = None

    @property
    def counts(self) -> bool:
        return not self.cancelled and self.value > 0

    @property
    def key(self) -> tuple[datetime, str]:
        return self.event.timestamp, self.id


def orders(world: World) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for event in world.events.values():
        if event.metric != PLACED or event.value is None:
            continue
        id = str(event.properties["OrderId"])
        held = found.get(id)
        if held and (held.event.timestamp, held.event.id) > (event.timestamp, event.id):
            continue
        currency = str(event.properties.get("$value_currency", world.own_currency))
        day = world.day(event.timestamp)
        own = world.converted(event.value, currency, day)
        found[id] = Order(event, id, world.customer(event.profile), event.value, currency, own, day)
    for event in world.events.values():
        if event.metric == CANCELLED and (event.value is None or event.value >= 0):
            named = found.get(str(event.properties["OrderId"]))
            if named:
                named.cancelled = True
    by_customer: dict[str, list[Order]] = defaultdict(list)
    for order in found.values():
        by_customer[order.customer].append(order)
        order.won = winner(world, order.event)
    for own_orders in by_customer.values():
        last: date | None = None
        number, spent = 0, Decimal(0)
        for order in sorted(own_orders, key=lambda o: o.key):
            if order.counts:
                number += 1
                spent += order.own or 0
                order.number = number
                order.gap = None if last is None else (order.day - last).days
                last = order.day
            order.so_far, order.spent = number, spent
    return found


def winner(world: World, event: Event) -> dict[str, str] | None:
    """The latest touch, an unknown one being the oldest; ties by message id."""

    def rank(touch: Mapping[str, Any]) -> tuple[float, str]:
        at = world.events.get(touch["attributed_event_id"])
        return (-at.timestamp.timestamp() if at else float("inf"), message_of(touch))

    def message_of(touch: Mapping[str, Any]) -> str:
        return touch.get("campaign_message_id") or touch.get("flow_message_id") or ""

    told = [t for t in world.touches.get(event.id, []) if t.get("campaign_id") or message_of(t)]
    if not told:
        return None
    best = min(told, key=rank)
    touched = world.events.get(best["attributed_event_id"])
    by_metric = KINDS[touched.metric][0] if touched and touched.metric in KINDS else "none"
    return {
        "channel": world.messages.get(message_of(best), by_metric),
        "source_type": "campaign" if best.get("campaign_id") else "flow",
        "campaign": best.get("campaign_id") or "",
        "flow": best.get("flow_id") or ("" if best.get("campaign_id") else world.flows.get(message_of(best), "")),
        "message": message_of(best),
    }


def deductions(world: World, found: Mapping[str, Order]) -> list[tuple[Any, ...]]:
    """(event, order, customer, kind, day, order day, amount), only what really is deducted."""
    left = {id: order.own for id, order in found.items()}
    rows = []
    for event in sorted(world.events.values(), key=lambda e: (e.timestamp, e.id)):
        if event.metric not in (REFUNDED, CANCELLED) or (event.value is not None and event.value < 0):
            continue
        order = found.get(str(event.properties["OrderId"]))
        if order is None or order.own is None or order.own <= 0:
            continue
        rest = left[order.id] or Decimal(0)
        day = world.day(event.timestamp)
        if event.metric == CANCELLED:
            wanted: Decimal | None = rest
        elif event.value is None:
            wanted = named_lines(world, order, event.properties.get("Items", ()))
        else:
            currency = str(event.properties.get("$value_currency", order.currency))
            wanted = world.converted(event.value, currency, day)
        if wanted is None:
            continue
        taken = min(wanted, rest)
        if taken > 0:
            left[order.id] = rest - taken
            kind = "refund" if event.metric == REFUNDED else "cancelled"
            rows.append((event.id, order.id, order.customer, kind, day.isoformat(), order.day.isoformat(), str(taken)))
    return sorted(rows)


def named_lines(world: World, order: Order, named: Iterable[Mapping[str, Any]]) -> Decimal | None:
    """What the named products are worth in the order, at its own rate; the whole order where none is named."""
    lines = {line["ProductID"]: line for line in order.event.properties.get("Items", ())}
    worth = []
    for back in named:
        line = lines.get(back["ProductID"])
        total = Decimal(str((line or back)["RowTotal"])).quantize(CENT)
        own = world.converted(total, order.currency, order.day)
        if line and own is not None and back["Quantity"] < line["Quantity"]:
            own = cents(own * back["Quantity"] / line["Quantity"])
        worth.append(own or Decimal(0))
    return sum(worth, Decimal(0)) if worth else order.own


def days(found: Iterable[Order]) -> list[tuple[Any, ...]]:
    """account_metrics_daily as (date, total, email, sms, flow, campaign, orders, email orders, sms orders, AOV,
    customers, new, repeat, new revenue, repeat revenue, three growths)."""
    by_day: dict[date, list[Order]] = defaultdict(list)
    for order in found:
        by_day[order.day].append(order)
    told = {day: _day(rows) for day, rows in by_day.items()}
    result = []
    for day in sorted(told):
        this, before = told[day], told.get(day - timedelta(days=7))
        growth = [
            None if before is None or not before[key] else float((this[key] - before[key]) / abs(before[key]) * 100)
            for key in ("total", "orders", "customers")
        ]
        money = ("total", "email", "sms", "flow", "campaign")
        result.append(
            (
                day.isoformat(),
                *(str(this[key].quantize(CENT)) for key in money),
                *(int(this[key]) for key in ("orders", "email_orders", "sms_orders")),
                None if this["aov"] is None else str(this["aov"]),
                *(int(this[key]) for key in ("customers", "new", "repeat")),
                str(this["new_revenue"].quantize(CENT)),
                str((this["total"] - this["new_revenue"]).quantize(CENT)),
                *growth,
            )
        )
    return result


def _day(rows: list[Order]) -> dict[str, Any]:
    def revenue(chosen: Iterable[Order]) -> Decimal:
        return sum((o.own for o in chosen if o.own is not None), Decimal(0))

    def won(o: Order, key: str) -> str | None:
        return o.won[key] if o.won else None

    new = {o.customer for o in rows if o.number == 1}
    priced = [o.own for o in rows if o.own is not None and o.own > 0]
    customers = {o.customer for o in rows if o.counts}
    return {
        "total": revenue(rows),
        "email": revenue(o for o in rows if won(o, "channel") == "email"),
        "sms": revenue(o for o in rows if won(o, "channel") == "sms"),
        "flow": revenue(o for o in rows if won(o, "source_type") == "flow"),
        "campaign": revenue(o for o in rows if won(o, "source_type") == "campaign"),
        "orders": Decimal(sum(o.value > 0 for o in rows)),
        "email_orders": sum(o.value > 0 and won(o, "channel") == "email" for o in rows),
        "sms_orders": sum(o.value > 0 and won(o, "channel") == "sms" for o in rows),
        "aov": cents(sum(priced, Decimal(0)) / len(priced)) if priced else None,
        "customers": Decimal(len(customers)),
        "new": len(new),
        "repeat": len(customers - new),
        "new_revenue": revenue(o for o in rows if o.customer in new),
    }


def revenue_facts(found: Iterable[Order]) -> list[tuple[Any, ...]]:
    """fact_revenue: (date, channel, revenue, orders, customers)."""
    cells: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for order in found:
        cells[order.day.isoformat(), order.won["channel"] if order.won else "none"].append(order)
    return sorted(
        (
            *key,
            str(sum((o.own for o in rows if o.own is not None), Decimal("0.00"))),
            sum(o.value > 0 for o in rows),
            len({o.customer for o in rows if o.counts}),
        )
        for key, rows in cells.items()
    )


def conversion_facts(found: Iterable[Order]) -> list[tuple[Any, ...]]:
    """fact_conversions: (date, source_type, source_id, conversions, revenue)."""
    cells: dict[tuple[str, str, str], list[Order]] = defaultdict(list)
    for order in found:
        if order.won:
            kind = order.won["source_type"]
            cells[order.day.isoformat(), kind, order.won[kind]].append(order)
    return sorted(
        (
            *key,
            sum(o.value > 0 for o in rows),
            str(sum((o.own for o in rows if o.own is not None), Decimal("0.00"))),
        )
        for key, rows in cells.items()
    )


def engagement(world: World) -> list[tuple[Any, ...]]:
    """fact_engagement: (date, channel, metric_type, count, rate); machine opens and bot clicks are out."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for event in world.events.values():
        if event.metric in KINDS:
            told = {"opened": "machine_open", "clicked": "Bot Click"}.get(KINDS[event.metric][1], "")
            if event.properties.get(told) is True:
                continue
            counts[(world.day(event.timestamp).isoformat(), *KINDS[event.metric])] += 1
    rows = []
    for (day, channel, kind), count in counts.items():
        received = counts.get((day, channel, "received"), 0)
        rate = str(cents(Decimal(count * 100) / received)) if received else None
        rows.append((day, channel, kind, count, rate))
    return sorted(rows)


def buckets(world: World) -> list[tuple[Any, ...]]:
    """klaviyo_aggregated_metrics: (metric, start, size, count, sum, min, max, avg)."""
    zone = ZoneInfo(world.timezone)
    cells: dict[tuple[str, str, str], list[Decimal | None]] = defaultdict(list)
    for event in world.events.values():
        local = event.timestamp.astimezone(zone)
        midnight = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a wall clock, given its zone below
        starts = {
            "1 hour": event.timestamp.replace(minute=0, second=0, microsecond=0),
            "1 day": midnight.replace(tzinfo=zone),
            "1 week": (midnight - timedelta(days=local.weekday())).replace(tzinfo=zone),
            "1 month": midnight.replace(day=1, tzinfo=zone),
        }
        for size, start in starts.items():
            cells[event.metric, start.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"), size].append(event.value)
    rows = []
    for key, values in cells.items():
        told = [value for value in values if value is not None]
        rows.append(
            (
                *key,
                len(values),
                str(sum(told, Decimal("0.00"))),
                str(min(told)) if told else None,
                str(max(told)) if told else None,
                str(cents(sum(told, Decimal(0)) / len(told))) if told else None,
            )
        )
    return sorted(rows, key=repr)


def order_rows(world: World, found: Iterable[Order]) -> list[tuple[Any, ...]]:
    """klaviyo_orders: (order, event, customer, e-mail, value, currency, own value, status, date, first, number, gap,
    spent, orders so far)."""
    return sorted(
        (
            o.id,
            o.event.id,
            o.customer,
            world.email(o.customer),
            str(o.value),
            o.currency,
            None if o.own is None else str(o.own.quantize(CENT)),
            "cancelled" if o.cancelled else "placed",
            o.day.isoformat(),
            int(o.number == 1),
            o.number,
            o.gap,
            str(o.spent.quantize(CENT)),
            o.so_far,
        )
        for o in found
    )


def attribution_rows(found: Iterable[Order]) -> list[tuple[Any, ...]]:
    """order_attribution: (order, date, channel, source_type, campaign, flow, message)."""
    return sorted((o.id, o.day.isoformat(), *o.won.values()) for o in found if o.won)
