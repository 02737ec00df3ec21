"""The overview in sentences: where the month stands, what moved and why. Everything said is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from analytics.decomposition import FACTORS, Factor, Made, by_channel, explain
from analytics.overview import OverviewFigures, SalesFigures, priced_enough
from analytics.periods import Comparison, Period, change_pct
from analytics.revenue import YOUNG_HISTORY_DAYS
from components import wording
from components.reach_words import channels_end
from components.revenue_series import Shown
from components.revenue_words import CHANNELS, freshness, known_since

JOINED: Final = "\N{WORD JOINER}"
YEAR, MONTH = "Last year", "Last month"
AGAINST: Final = (YEAR, MONTH)
NAMES: Final = {
    Factor.NEW_BUYERS: "New buyers",
    Factor.REPEAT_BUYERS: "Repeat buyers",
    Factor.ORDERS_PER_BUYER: "Orders per buyer",
    Factor.ORDER_VALUE: "Order value",
    Factor.DEDUCTIONS: "Refunds, and cancellations of earlier orders",
}

# As it stands beneath a bar, also on a phone.
SHORT: Final = {Factor.DEDUCTIONS: "Refunds,<br>old orders<br>cancelled"}


def caption(shown: Shown, others: Sequence[Comparison]) -> str:
    """The page in one sentence: the month so far, against what, zone, currency, freshness."""
    days = f"store orders of {wording.days(shown.period)}"
    if others:
        days += f" against {' and '.join(wording.days(other.period) for other in others)}"
    if shown.running and shown.as_of is not None:
        clock = f"{shown.as_of.astimezone(shown.account.zone):%H:%M}"
        days += f", all up to {clock} on the last day" if others else f", up to {clock} on the last day"
    return " · ".join(
        [
            shown.account.name,
            days,
            f"{shown.account.timezone} time",
            f"{shown.account.currency}, {shown.account.value_wording}",
            freshness(shown),
        ]
    )


def standing(figures: OverviewFigures, shown: Shown) -> str:
    """Where the month stands, and where it will land."""
    currency, net = shown.account.currency, figures.this.net
    found = figures.landing
    so_far = "" if over(figures) else " so far"
    said = f"**{wording.money_short(net, currency)}** net revenue in {shown.period.start:%B}{so_far}"
    told = [
        f"{_share(net, other.net)} than in the same days of {name}"
        for name, other in (("last year", figures.year), ("last month", figures.previous))
        if other is not None and other.net != 0 and comparable(figures.this, other)
    ]
    said += f", {' and '.join(told)}" if told else ""
    if found is None:
        return f"{said}. {NO_LANDING}"
    if found.over:
        return f"{said}; the month is over."
    low, high = wording.money_short(found.low, currency), wording.money_short(found.high, currency)
    return f"{said}. It will land at about **{wording.money_short(found.expected, currency)}** ({low} to {high})."


def over(figures: OverviewFigures) -> bool:
    """Whether the month is over."""
    return figures.landing is not None and figures.landing.over


NO_LANDING: Final = (
    "Where it will land cannot be said yet: three whole months, each with eight weeks of orders before its end, are "
    "needed to know how far off that would be."
)
UNKNOWN_SEASON: Final = (
    "The same days of last year are not known: what only this season brings is not in the landing. Of the season the "
    "interval's upper end allows for the Friday after November's fourth Thursday and the days up to the Monday alone, "
    "three times as much each."
)


def comparable(this: Made, other: Made) -> bool:
    """Whether sums of both can be compared: few orders of either lack an exchange rate."""
    return priced_enough(this) and priced_enough(other)


def chosen(figures: OverviewFigures, against: str) -> Made | None:
    """What is compared with by the person's choice; None where its sums cannot be compared or there is nothing."""
    other = figures.year if against == YEAR else figures.previous
    return other if other is not None and comparable(figures.this, other) else None


def missing(figures: OverviewFigures, against: str, shown: Shown) -> str:
    """Why nothing can be compared."""
    if shown.as_of is None:
        return "The first sync is not complete: earlier days may be missing, and nothing is compared yet."
    other = figures.year if against == YEAR else figures.previous
    if other is None and figures.first_day is not None:
        return f"{known_since(figures.first_day)}: the same days of {against.lower()} begin before that."
    return "Too many orders have no exchange rate: no change of revenue can be given."


def moved(this: Made, other: Made, currency: str) -> str:
    """The change, then each factor's share of it, the largest first, as a list; the shares add up to the change."""
    change = this.net - other.net
    pct = change_pct(float(this.net), float(other.net))
    head = f"Net revenue changed by **{_signed(change, currency)}** ({wording.change(pct)}):"
    if not change:
        head = "Net revenue is what it was, to the cent:"
    shares = sorted(explain(this, other).items(), key=lambda item: (-abs(item[1]), FACTORS.index(item[0])))
    lines = [
        f"- **{_signed(share, currency)}** from {_factor(f, this, other, currency)}" for f, share in shares if share
    ]
    return "\n".join([head, "", *lines]) if lines else f"{head[:-1]}, and so is all that it is made of."


def channels(this: Made, other: Made, currency: str) -> str:
    """The same change by what won the orders; nothing where messages won none of them."""
    if by_channel(this, other).keys() <= {"none"}:
        return ""
    told = [
        f"{_channel(name)} **{_signed(amount, currency)}**"
        for name, amount in by_channel(this, other).items()
        if amount
    ]
    return f"The same change by what won the orders: {', '.join(told)}." if told else ""


def _channel(name: str) -> str:
    return CHANNELS.get(name, name)


def _factor(factor: Factor, this: Made, other: Made, currency: str) -> str:
    told: dict[Factor, tuple[str, Callable[[Made], str]]] = {
        Factor.NEW_BUYERS: ("the number of new buyers", lambda made: wording.count(made.new.buyers)),
        Factor.REPEAT_BUYERS: ("the number of repeat buyers", lambda made: wording.count(made.repeat.buyers)),
        Factor.ORDERS_PER_BUYER: ("orders per buyer", _per_buyer),
        Factor.ORDER_VALUE: ("the value of an order", lambda made: wording.money(made.order_value, currency)),
        Factor.DEDUCTIONS: (
            "refunds, and cancellations of earlier orders",
            lambda made: wording.money_short(made.deductions, currency),
        ),
    }
    name, level = told[factor]
    return f"{name}: {level(this)} against {level(other)}"


def _per_buyer(made: Made) -> str:
    return f"{made.orders / made.buyers:.2f}" if made.buyers else wording.NOT_AVAILABLE


def _signed(amount: Decimal, currency: str) -> str:
    # A sign stays with its amount at the end of a line.
    text = f"{'+' if amount > 0 else ''}{wording.money(amount, currency)}"
    return f"{text[0]}{JOINED}{text[1:]}" if text[0] in ("+", wording.MINUS) else text


def _share(now: Decimal, before: Decimal) -> str:
    pct = change_pct(float(now), float(before)) or 0.0
    return f"{wording.rate(abs(pct))} {'more' if pct >= 0 else 'less'}"


def judged_until(shown: Shown, last: date) -> str:
    """Up to which days messages and segments are judged, where their reports end before the last day of orders that is
    over; '' where they do not."""
    account = shown.account
    ends = {"Messages": account.last_of_messages(last), "Segments": account.last_of_segments(last)}
    told = [f"{name} are judged up to {wording.day(end)}" for name, end in ends.items() if end < last]
    return f"{' and '.join([*told[:1], *(each.lower() for each in told[1:])])}: reports end there." if told else ""


def sales_title(found: SalesFigures) -> str:
    """Whose sales, of which days."""
    days = wording.days(found.period) if found.period else f"{found.month_end:%B %Y}"
    return f"Sales of all channels, {days}"


def sales_said(found: SalesFigures) -> str:
    """Where sales stand, their source, and their last complete day."""
    if found.period is None:
        return "There is a target for this month and no sales yet: load the workbook of its sales."
    said = [f"Company's workbooks, in the company's currency; last complete day {wording.day(found.period.end)}."]
    target = found.target
    if target is None:
        said.append("No target is set for this month.")
    else:
        geos = (
            f"the targets of {', '.join(target.geos)} together" if len(target.geos) > 1 else f"target {target.geos[0]}"
        )
        told = ": sales do not tell their geo, so all of them count" if len(target.geos) > 1 else ""
        said.append(f"Set against {geos}{told}.")
    return " ".join([*said, *filter(None, [channels_end(found.reach)])])


def notes(figures: OverviewFigures, shown: Shown) -> list[str]:
    """What is left out, what is estimated, which method."""
    said = [
        "Store orders and sales are two worlds that never meet in a figure: orders of the shop from Klaviyo, and the "
        "company's sales of all channels from its workbooks.",
        "The page always shows the month so far, whatever days the sidebar has; a day that is not over is compared up "
        "to the same hour.",
        "Net revenue deducts refunds and cancellations on the day they came. It is new buyers × their orders × their "
        "value, plus the same of repeat buyers, less refunds and cancellations of earlier orders; each share of a "
        "change is the factor's Shapley value, so they add up to the cent. An order that came and was cancelled within "
        "the days moves nothing: it is in the card Deductions, and in no share.",
        "A flow is told of where its last week lies two fifths and 3.5 robust deviations below the twelve weeks "
        "before, and none of those was as low; its revenue by a week that ended five days earlier, since messages "
        "of the last days go on winning orders. A segment, where it lost a tenth of its members in 28 days, and 3.5 "
        "deviations of what such a size varies by.",
    ]
    if figures.first_day and shown.period.start < figures.first_day + timedelta(days=YOUNG_HISTORY_DAYS):
        said.append(
            f"{known_since(figures.first_day)}. Before that history is 12 months old, some customers counted as new "
            "may have bought earlier."
        )
    found = figures.landing
    if found is not None and not found.over:
        said.append(
            "Landing: what has come, and the rest by the last 28 days, the weekdays of the last 56 and, where that "
            "would have helped before, last year's season. The interval holds 80 % by what the same rule was off in "
            f"{found.months} past months from as far before their end, {wording.rate(found.error_pct)} on average. Of "
            "a day that is not over, what its hours usually bring is still to come."
        )
        if not found.year_known:
            said.append(UNKNOWN_SEASON)
    if figures.sales is None:
        said.append("Sales and targets appear here once the company's workbooks are loaded.")
    return said


def no_orders(shown: Shown) -> str:
    """What to do for a store without an order."""
    if shown.account.files is not None:
        return "This store has no orders here yet: load a file with `promolens load-orders`."
    return "This store has no orders here yet: press **Sync now** in the sidebar."


def month(period: Period) -> str:
    """The name of a period's month."""
    return f"{period.start:%B %Y}"
