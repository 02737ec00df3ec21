"""The page Forecast in words: where things land, which model says so, and how far to believe it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import Final

from analytics.forecasting.candidates import Kind
from analytics.forecasting.kept import PROMOTED, Counted, Kept, World
from analytics.forecasting.landing import Landing
from analytics.forecasting.outlook import Against, Outlook
from analytics.forecasting.series import Key, Trouble
from analytics.periods import Period
from components import wording
from components.plain import plain
from components.revenue_words import CHANNELS

TITLE: Final = "Forecast"
SALES: Final = "Company's sales"
ORDERS: Final = "Store orders"
METRICS: Final = {
    "sales_value": "Sales value", "revenue": "Gross revenue", "margin_value": "Margin", "orders": "Orders",
    "units": "Units",
}  # fmt: skip
MONEY: Final = frozenset({"sales_value", "margin_value", "revenue"})
MODELS: Final = {
    Kind.NAIVE: "Seasonal naive", Kind.ETS: "Exponential smoothing", Kind.PROPHET: "Prophet",
    Kind.MEAN: "Mean of both",
}  # fmt: skip
TROUBLES: Final = {
    Trouble.EMPTY: "nothing was ever sold there",
    Trouble.CONSTANT: "it never changes",
    Trouble.SHORT: "its history is under 12 weeks",
    Trouble.GAPPY: "more than a tenth of its days were not delivered",
}
EVERYTHING: Final = "All"
PARTLY: Final = (
    "It is approved, and some of the models that the landing comes from count with it already, others know of no "
    "promotions: the lower end adds nothing to the landing, the upper end all of it."
)
EMPTY_SALES: Final = (
    "Nothing is forecast yet. With sales on the page Workbooks, forecast them here or by `promolens forecast`; new "
    "sales are forecast by the clock."
)
EMPTY_ORDERS: Final = (
    "Nothing is forecast yet. Once the store is synced, forecast its orders here or by `promolens forecast`; each new "
    "day is forecast by the clock."
)


def amount(value: float | None, metric: str, currency: str) -> str:
    """A figure of a metric, short."""
    return wording.money_short(value, currency) if metric in MONEY else wording.count_short(value)


def exact(value: float | None, metric: str, currency: str) -> str:
    """A figure of a metric to the cent or the piece."""
    return wording.money(value, currency) if metric in MONEY else wording.count(value)


def part(key: Key) -> str:
    """The name of a series within its figure."""
    channel = CHANNELS.get(key.channel, key.channel.capitalize())
    if key.whole:
        return EVERYTHING
    return ", ".join(name for name in (key.department, channel if key.channel else "") if name)


def caption(world: World, whose: str, metric: str, key: Key, zone: tzinfo, currency: str) -> str:
    """The page in one sentence."""
    kept = world.series[key]
    said = [
        f"{whose}: {METRICS[metric].lower()}{'' if key.whole else f' of {part(key)}'}",
        f"figures up to {wording.day(kept.last)}, forecast to {wording.day(kept.days[-1])}",
        *([currency] if metric in MONEY and currency else []),
        f"computed {wording.moment(world.made_at, zone)}",
    ]
    return " · ".join(said)


def named(against: Against) -> str:
    """'November 2026', 'Q4 2026'."""
    start, end = against.landing.start, against.landing.end
    return f"{start:%B %Y}" if start.month == end.month else f"Q{(start.month + 2) // 3} {start.year}"


def short(against: Against) -> str:
    """'Nov 2026', 'Q4 2026'."""
    start, end = against.landing.start, against.landing.end
    return f"{start:%b %Y}" if start.month == end.month else named(against)


def between(against: Against, metric: str, currency: str) -> str:
    """The ends of a landing's interval."""
    low, high = against.landing.low, against.landing.high
    return f"{amount(low, metric, currency)} to {amount(high, metric, currency)}"


def lands(told: Outlook, currency: str) -> str:
    """Where the month and the quarter land, in a sentence or two."""
    metric = told.kept.key.metric
    parts = []
    for against in (told.month, told.quarter):
        if against is None:
            continue
        said = f"**{named(against)}** will land at about **{amount(against.landing.expected, metric, currency)}**"
        said += f" ({between(against, metric, currency)})"
        if against.change_pct is not None:
            more = "more" if against.change_pct >= 0 else "less"
            said += f", {wording.rate(abs(against.change_pct))} {more} than a year before"
        if against.target is not None:
            gap = against.landing.expected - against.target
            side = "above" if gap >= 0 else "below"
            said += f" and {amount(abs(gap), metric, currency)} {side} its target"
        parts.append(f"{said}.")
        if against.landing.missing:
            parts.append(stands_in(against.landing, metric, currency))
    return " ".join(parts)


def with_scenario(against: Against, more: float, currency: str, counted: Counted) -> str:
    """Where a period's sales land with a scenario that brings so much more. One that is in the forecast in part moves
    the landing by a part of it at most."""
    landing = against.landing
    brings = f"{'+' if more > 0 else ''}{amount(more, 'sales_value', currency)}"
    if counted is Counted.PARTLY:
        low, high = sorted((landing.expected, landing.expected + more))
        ends = f"{amount(low, 'sales_value', currency)} and {amount(high, 'sales_value', currency)}"
        return f"**{named(against)}**: it brings {brings}; with all of it the period lands between **{ends}**."
    said = f"**{named(against)}**: {brings}, so that it lands at"
    said += f" about **{amount(landing.expected + more, 'sales_value', currency)}**"
    if against.target is not None:
        gap = landing.expected + more - against.target
        said += f", {amount(abs(gap), 'sales_value', currency)} {'above' if gap >= 0 else 'below'} target"
    return f"{said}."


def stands_in(landing: Landing, metric: str, currency: str) -> str:
    """Which days of a period were not delivered, and what stands in for them."""
    days = f"{landing.missing} of its days up to {wording.day(landing.through)}"
    return (
        f"{days} {'was' if landing.missing == 1 else 'were'} not delivered: the same weekdays around stand in for them"
        f" with {amount(landing.estimated, metric, currency)}."
    )


def in_use(kept: Kept) -> str:
    """Which model the figures come from, and how it did beside the seasonal naive."""
    naive, own = kept.models.get(Kind.NAIVE), kept.models.get(kept.kind)
    if kept.trouble in (Trouble.EMPTY, Trouble.CONSTANT, Trouble.SHORT):
        return f"**Seasonal naive**: each day as the same weekday of the last week, since {TROUBLES[kept.trouble]}."
    if kept.kind is Kind.NAIVE:
        if naive is None or naive.mase is None:
            return (
                "**Seasonal naive**: each day as the same weekday of the last week. Fewer than four origins could be "
                "tried out, too few to trust another model."
            )
        return (
            "**Seasonal naive**: each day as the same weekday of the last week. No other model was clearly better in "
            f"{_trials(kept)} on the past."
        )
    assert naive is not None
    assert own is not None
    said = f"**{MODELS[kept.kind]}**, which beat the seasonal naive in {_trials(kept)} on the past: "
    said += f"MASE {own.mase:.2f} against {naive.mase:.2f}, " if own.mase is not None and naive.mase is not None else ""
    said += f"days off by {wording.rate(own.wape)} against {wording.rate(naive.wape)}."
    if kept.trouble is Trouble.GAPPY:
        said += " More than a tenth of its days were not delivered: take it with care."
    return said


def _trials(kept: Kept) -> str:
    return f"{len(kept.origins)} trial{'' if len(kept.origins) == 1 else 's'}"


def worse_shown(kept: Kept) -> bool:
    """Whether adding up has made it worse than the seasonal naive."""
    naive = kept.models.get(Kind.NAIVE)
    if kept.kind is Kind.NAIVE or naive is None or naive.mase is None or kept.shown.mase is None:
        return False
    return kept.shown.mase > naive.mase


def planned(world: World, kept: Kept) -> str:
    """Which promotions of the days to come are in it."""
    if not world.basis.promotions:
        return "No promotion is approved, or in the catalog with a discount, for the days that are forecast."
    names = ", ".join(plain(name) for name in world.basis.promotions)
    if kept.promoted:
        return f"It counts with what is planned for these days: {names}."
    knows = "has too few past promotions to learn from" if kept.kind in PROMOTED else "knows of no promotions"
    return f"This model {knows}; planned for these days: {names}."


def shown_days(told: Outlook) -> Period:
    """The days of the main chart: eight weeks back, and what is forecast."""
    kept = told.kept
    return Period(max(kept.last - timedelta(days=55), told.actual.first), kept.days[-1])


def notes(world: World, kept: Kept, whose: str) -> Sequence[str]:
    """What is estimated, and how."""
    country = (
        f"Holidays are those of {world.basis.country}." if world.basis.country else "No country's holidays are known."
    )
    found = [
        "Four candidates are tried on the past, from up to eight days of it on: the seasonal naive, exponential "
        "smoothing, Prophet with holidays and discounts, and the mean of these two. The best is in use only if its "
        "error (MASE) is below 0.98 × the seasonal naive's over at least four origins.",
        "Parts add up to the total to the cent: all of them are adjusted, the less sure ones more.",
        "The 80 % interval comes from what past forecasts missed at the same distance, not from a model's own theory.",
        f"{country} Trials on the past know the discounts of the days that they tell, as those who approve promotions "
        "do.",
    ]
    if whose == ORDERS:
        found.append(_discounts_of_orders(world))
        found.append(
            "Gross revenue by order date: the overview's landing is of net revenue, from the level of the last weeks."
        )
    else:
        found.append("The overview lands sales by the level of the last weeks; this page by the model in use.")
    if kept.trouble is not None:
        found.append(f"Of this series {TROUBLES[kept.trouble]}.")
    return found


def _discounts_of_orders(world: World) -> str:
    """Which past discounts the models of a store's orders have learned from."""
    told = world.basis.discounts
    if told is None:
        return "Past discounts are not known: they are those of the company's online sales, and none are loaded."
    said = (
        f"Past discounts are those of the company's online sales, which are loaded from {wording.day(told[0])} to"
        f" {wording.day(told[1])}."
    )
    if told[1] < world.last:
        said += " Those of the days since are what was approved, or is named in the catalog with a discount."
    return said
