"""The answers on top of the overview: store orders of the month, and apart from them the company's sales."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from analytics.decomposition import Made
from analytics.overview import OverviewFigures, SalesFigures
from analytics.periods import change_pct
from components import wording
from components.cards import Card
from components.definitions import Told, told
from components.overview_words import comparable, over
from components.revenue_series import Shown

CARDS = 6
Value = Decimal | float | int | None


def order_cards(figures: OverviewFigures, shown: Shown) -> list[Card]:
    """Net revenue so far, landing, orders, new and repeat buyers, deductions."""
    this, currency = figures.this, shown.account.currency
    year, last = figures.year, figures.previous
    priced_year = year if year is not None and comparable(this, year) else None
    # Of the month before: in words it would break the line of a large change.
    name = f"{shown.period.start - timedelta(days=1):%b}"
    priced_last = last if last is not None and comparable(this, last) else None

    def card(key: str, label: str, now: Value, of: str, good: str, definition: Told, *, money: bool) -> Card:
        held = (priced_year, priced_last) if money else (year, last)
        text = wording.money_short if money else lambda value, _currency: wording.count_short(value)
        before, month = (_of(made, of) for made in held)
        return Card(
            key, label, text(now, currency),
            wording.change(change_pct(_number(now), _number(before))) if held[0] is not None else "",
            "down" if good == "down" else "up",
            text(before, currency) if held[0] is not None else "",
            [_last_month(now, month, name) if held[1] is not None else _no_month(last)],
            definition,
        )  # fmt: skip

    return [
        card(
            "net", "Net revenue" if over(figures) else "Net revenue so far", this.net, "net", "up",
            told("overview.net", f"Exact: {wording.money(this.net, currency)}."), money=True,
        ),
        _landing(figures, currency),
        card(
            "orders", "Orders", this.placed, "placed", "up",
            told("overview.orders"), money=False,
        ),
        card(
            "new", "New buyers", this.new_customers, "new_customers", "up",
            told("overview.new"), money=False,
        ),
        card(
            "repeat", "Repeat buyers", this.repeat_customers, "repeat_customers", "up",
            told("overview.repeat"), money=False,
        ),
        card(
            "booked", "Deductions", this.booked, "booked", "down",
            told("overview.booked"), money=True,
        ),
    ]  # fmt: skip


def _landing(figures: OverviewFigures, currency: str) -> Card:
    found, year = figures.landing, figures.year_month
    if figures.year is None or not comparable(figures.this, figures.year):
        year = None
    definition = told("overview.landing")
    if found is None:
        return Card("landing", "Will land at", wording.NOT_AVAILABLE, "", "up", "", ["too little history"], definition)
    low, high = wording.money_short(found.low, currency), wording.money_short(found.high, currency)
    return Card(
        "landing", "Landed at" if found.over else "Will land at", wording.money_short(found.expected, currency),
        "" if year is None else wording.change(change_pct(found.expected, float(year))), "up",
        "" if year is None else wording.money_short(year, currency),
        ["the month is over"] if found.over else [f"80 %: **{low}** to **{high}**"],
        definition,
    )  # fmt: skip


def sales_cards(found: SalesFigures) -> list[Card]:
    """Sales so far, margin, target with the gap, what each day left needs, landing."""
    target, landing = found.target, found.landing
    missing = [f"**{found.missing}** {'day' if found.missing == 1 else 'days'} not delivered"] if found.missing else []
    cards = [
        Card(
            "sales", "Sales so far", wording.money_short(found.sales, "") if found.period else wording.NOT_AVAILABLE,
            _change(found.sales, found.year_sales), "up",
            "" if found.year_sales is None else wording.money_short(found.year_sales, ""), ["all channels", *missing],
            told("overview.sales"),
        ),
        Card(
            "margin", "Margin", wording.rate(found.margin_pct),
            "" if found.margin_pct is None or found.year_margin_pct is None
            else wording.points(found.margin_pct - found.year_margin_pct), "up",
            "" if found.year_margin_pct is None else wording.rate(found.year_margin_pct),
            [f"target **{wording.rate(target.margin_pct)}**" if target else "no target"],
            told("overview.margin"),
        ),
    ]  # fmt: skip
    if target is not None and found.gap is not None:
        gap, each = found.gap, found.needed_a_day
        needed = wording.money_short(each, "") if each is not None else wording.NOT_AVAILABLE
        cards += [
            Card(
                "target", "Sales target", wording.money_short(target.sales, ""), "", "neither", "",
                [f"**{wording.money_short(abs(gap), '')}** {'to go' if gap > 0 else 'above it'}"],
            told("overview.target"),
            ),
            Card(
                "needed", "Needed a day", needed, "", "neither", "", [f"**{found.days_left}** days left"],
            told("overview.needed"),
            ),
        ]  # fmt: skip
    if landing is not None:
        low, high = wording.money_short(landing.low, ""), wording.money_short(landing.high, "")
        of_target = (
            [f"**{wording.rate(landing.expected / float(target.sales) * 100)}** of target"]
            if (target and target.sales > 0)
            else []
        )
        cards.append(
            Card(
                "sales_landing", "Landed at" if landing.over else "Will land at",
                wording.money_short(landing.expected, ""), "", "up", "",
                [*of_target, *([] if landing.over else [f"80 %: **{low}** to **{high}**"])],
            told("overview.sales_landing"),
            )
        )  # fmt: skip
    return cards


def _of(made: Made | None, name: str) -> Value:
    return None if made is None else getattr(made, name)


def _number(value: Value) -> float | None:
    return None if value is None else float(value)


def _change(now: Value, before: Value) -> str:
    return "" if before is None else wording.change(change_pct(_number(now), _number(before)))


def _no_month(last: Made | None) -> str:
    return "last month not known" if last is None else "too many orders without a rate"


def _last_month(now: Value, before: Value, name: str) -> str:
    return f"**{wording.change(change_pct(_number(now), _number(before)))}** on {name}"
