"""The page Basket: its cards, chart, lists and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import streamlit as st

from analytics.account import Account
from analytics.basket import BOUGHT_TOGETHER, Basket, Bundles, Item, Level, Rule
from components import cards, charts, palette, tables, wording
from components.cards import Card
from components.definitions import Told, told
from components.hovers import hover
from components.plain import charted, plain
from components.revenue_words import orders_up_to

KINDS: Final = {
    "frequently_bought": "Frequently bought",
    "complement": "Complement",
    "substitute": "Possible substitute",
    "": "–",
}
CHARTED: Final = 10
HINTS: Final = 25
# Letters of a name on a chart's axis, where there is room and on a phone.
_LONGEST, _LONGEST_NARROW = 48, 26
Config = Mapping[str, Any]


def caption(found: Basket, account: Account, days: str, filtered: Sequence[str], now: datetime | None) -> str:
    """Of which store, orders and filters, in whose time and money, and how fresh; days: those chosen, '' for all.

    now: None for a text that is kept, where no day is today's.
    """
    return " · ".join(
        [
            account.name,
            f"orders of {days}" if days else f"all orders up to {orders_up_to(found.as_of, account)}",
            "cancelled orders out",
            *filtered,
            *([f"segments as of {wording.moment(found.segments_at, account.zone, now)}"] if found.segments_at else []),
            f"{account.timezone} time",
            account.currency,
            f"computed {wording.moment(found.computed_at, account.zone, now)}",
        ]
    )


def counting(baskets: int) -> str:
    """What is done while a person waits for pairs."""
    return f"Counting pairs in {wording.count_short(baskets)} baskets"


def looking(baskets: int) -> str:
    """What is done while a person waits for bundles."""
    return f"Looking for bundles in {wording.count_short(baskets)} baskets"


def skeleton() -> None:
    """The places of cards and chart."""
    cards.skeleton(6, sparklines=False)
    st.skeleton(charts.TALL + 60)


def six_cards(found: Basket, level: Level) -> list[Card]:
    """How many baskets, how large, and how much of it goes together."""
    several = found.with_others / found.baskets * 100 if found.baskets else None
    best = found.rules[0] if found.rules else None
    size = wording.NOT_AVAILABLE if found.mean_size is None else f"{found.mean_size:.2f}"
    surest = wording.NOT_AVAILABLE if best is None or best.low is None else f"{_times(best.low)} ×"

    def card(key: str, label: str, value: str, beneath: str, definition: Told) -> Card:
        return Card(key, label, value, "", "neither", "", (beneath,), definition)

    return [
        card(
            "baskets", "Baskets", wording.count_short(found.baskets), "orders with products",
            told("basket.baskets"),
        ),
        card("size", f"{level.value} a basket", size, "distinct, on average", told("basket.size")),
        card(
            "several", "With several", wording.rate(several), "baskets of two or more",
            told("basket.several"),
        ),
        card(
            "tested", "Pairs tested", wording.count_short(found.pairs), f"in {found.minimum} baskets or more",
            told("basket.tested"),
        ),
        card(
            "bound", "Bought together", wording.count_short(found.bound), "more than by chance",
            told("basket.bound"),
        ),
        card(
            "surest", "Surest lift", surest, "lower end, best pair",
            told("basket.surest"),
        ),
    ]  # fmt: skip


def answer(found: Basket, level: Level) -> str:
    """What goes together most surely, in a sentence."""
    if not found.rules:
        return nothing(found, level)
    best = found.rules[0]
    share = wording.rate(None if best.confidence is None else best.confidence * 100)
    called = labels((best.given, best.other))
    return (
        f"Of the baskets with **{plain(called[best.given.id])}**, **{share}** hold "
        f"**{plain(called[best.other.id])}** too: {_times(best.lift or 0)} times as many as by chance, in "
        f"{wording.count(best.baskets)} baskets."
    )


def _times(lift: float) -> str:
    return f"{lift:,.1f}" if lift < 100 else f"{lift:,.0f}"


def nothing(found: Basket, level: Level) -> str:
    """Why there is no pair to show."""
    if found.pairs:
        return "No pair passes these filters."
    items = "products" if level is Level.PRODUCT else "categories"
    return f"No two {items} stand in {found.minimum} baskets together, which a test needs."


def labels(items: Iterable[Item], longest: int = 0) -> dict[str, str]:
    """What items are called by id: by their names, with the id where several are called the same; longest: letters of
    a name, 0 for all."""
    names = {item.id: _short(item.name, longest) if longest else item.name for item in items}
    often = Counter(names.values())
    return {id: name if often[name] == 1 else f"{name} ({id})" for id, name in names.items()}


def _items(rules: Sequence[Rule]) -> list[Item]:
    return [item for one in rules for item in (one.given, one.other)]


def surest(rules: Sequence[Rule], file: str, empty: str, *, narrow: bool) -> None:
    """The surest pairs, each with the interval of its lift. narrow: on a phone, where names are cut."""
    seen: set[frozenset[str]] = set()
    first: list[Rule] = []
    for one in rules:
        pair = frozenset((one.given.id, one.other.id))
        if pair not in seen and one.lift is not None and one.low is not None and one.high is not None:
            seen.add(pair)
            first.append(one)
    first = first[:CHARTED]
    if not first:
        st.caption(empty)
        return
    short, called = labels(_items(first), _LONGEST_NARROW if narrow else _LONGEST), labels(_items(first))
    layout = charts.base_layout(max(140, 40 * len(first) + 50))
    layout["xaxis"] |= {"rangemode": "tozero", "showgrid": True, "ticksuffix": " ×", "nticks": 3, "tickangle": 0}
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "ticksuffix": "  ", "showgrid": False}
    layout["margin"]["r"] = 16
    data = {
        "type": "scatter",
        "mode": "markers",
        "y": [f"{charted(short[one.given.id])}<br>+ {charted(short[one.other.id])}" for one in first],
        "x": [one.lift for one in first],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [(one.high or 0) - (one.lift or 0) for one in first],
            "arrayminus": [(one.lift or 0) - (one.low or 0) for one in first],
            "color": palette.PAST,
            "thickness": 2,
            "width": 4,
        },
        "marker": {"color": palette.ACCENT, "size": 9},
        "customdata": [
            f"{charted(called[one.given.id])} + {charted(called[one.other.id])}<br>"
            f"lift {_times(one.lift or 0)} ({_times(one.low or 0)} to {_times(one.high or 0)}), "
            f"{wording.count(one.baskets)} baskets"
            for one in first
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    layout["shapes"] = [
        {
            "type": "line",
            "x0": 1,
            "x1": 1,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": palette.MUTED, "width": 1},
        }
    ]
    alt = "Lift of the surest pairs with its 95 % interval; 1 is chance."
    charts.show({"data": [data], "layout": layout}, key="chart_pairs", alt=alt, file=file)
    st.caption("How many times as often as by chance both are in a basket, with its 95 % interval; 1 × is chance.")


def pairs(rules: Sequence[Rule], empty: str, *, of_one: bool = False) -> None:
    """Rules with their measures. of_one: all of one given product, which the heading names."""
    if not rules:
        st.caption(empty)
        return
    called = labels(_items(rules))
    columns: dict[str, Sequence[Any]] = {
        "Given": [called[one.given.id] for one in rules],
        "Other": [called[one.other.id] for one in rules],
        "Type": [KINDS[one.kind] for one in rules],
        "Baskets": [one.baskets for one in rules],
        "Support": [one.support * 100 for one in rules],
        "Confidence": [None if one.confidence is None else one.confidence * 100 for one in rules],
        "Lift": [one.lift for one in rules],
        "Low": [one.low for one in rules],
        "q": ["" if one.q is None else "< 0.001" if one.q < 0.001 else f"{one.q:.3f}" for one in rules],
        "Leverage": [one.leverage for one in rules],
        "Conviction": [one.conviction for one in rules],
        "Zhang": [one.zhang for one in rules],
        "Jaccard": [one.jaccard for one in rules],
        "Kulczynski": [one.kulczynski for one in rules],
        "First": [one.first for one in rules],
        "Last": [one.last for one in rules],
    }
    number = st.column_config.NumberColumn
    config: Config = {
        "Given": st.column_config.TextColumn("Who buys", width="medium", pinned=True),
        "Other": st.column_config.TextColumn("also buys", width="medium"),
        "Baskets": number("Baskets", format="%,d", help=hover("basket.baskets")),
        "Support": number("Support", format="%.3f %%", help=hover("basket.support")),
        "Confidence": number("Confidence", format="%.1f %%", help=hover("basket.confidence")),
        "Lift": number("Lift", format="%,.2f", help=hover("basket.lift")),
        "Type": st.column_config.TextColumn("Type", width=135),
        "Low": number("Surely at least", format="%,.2f", help=hover("basket.surely_at_least")),
        "q": st.column_config.TextColumn("q", help=hover("basket.q")),
        "Leverage": number("Leverage", format="%.4f", help=hover("basket.leverage")),
        "Conviction": number("Conviction", format="%.2f", help=hover("basket.conviction")),
        "Zhang": number("Zhang", format="%.2f", help=hover("basket.zhang")),
        "Jaccard": number("Jaccard", format="%.3f", help=hover("basket.jaccard")),
        "Kulczynski": number("Kulczynski", format="%.3f", help=hover("basket.kulczynski")),
        "First": st.column_config.DateColumn("First together", format="D MMM YYYY"),
        "Last": st.column_config.DateColumn("Last together", format="D MMM YYYY"),
    }
    if of_one:
        del columns["Given"]
        config = {**config, "Other": st.column_config.TextColumn("Also bought", width="medium", pinned=True)}
    tables.show(columns, config, key="table_pairs", rows_seen=12)


def hints(found: Basket, level: Level, currency: str) -> None:
    """What to offer to whom, by what it could bring."""
    if level is Level.CATEGORY:
        st.caption("Offers are of products, which have a price; categories have none. Choose pairs of products.")
        return
    worth = [(one.extra_revenue(found.baskets), one) for one in found.rules if one.kind in BOUGHT_TOGETHER]
    best = sorted(((extra, one) for extra, one in worth if extra), key=lambda row: -row[0])[:HINTS]
    if not best:
        st.caption("No pair with a price is bought together more than by chance.")
        return
    called = labels(_items([one for _, one in best]))
    columns: dict[str, Sequence[Any]] = {
        "Given": [called[one.given.id] for _, one in best],
        "Offer": [called[one.other.id] for _, one in best],
        "Without": [one.given.baskets - one.baskets for _, one in best],
        "Extra": [float(extra) for extra, _ in best],
    }
    config: Config = {
        "Given": st.column_config.TextColumn("To buyers of"),
        "Offer": st.column_config.TextColumn("offer"),
        "Without": st.column_config.NumberColumn("Without it", format="%,d"),
        "Extra": st.column_config.NumberColumn(
            f"Could bring, {currency}",
            format="%,.0f",
            help=hover("basket.could_bring"),
        ),
    }
    tables.show(columns, config, key="table_hints", rows_seen=8)


def substitutes(rules: Sequence[Rule]) -> None:
    """Pairs that are bought instead of each other, perhaps: those kept apart most surely first."""
    if not rules:
        st.caption("No two products of one category keep apart more than by chance, and are bought with the same.")
        return
    rules = sorted(rules, key=lambda one: one.high or 0)
    called = labels(_items(rules))
    columns: dict[str, Sequence[Any]] = {
        "One": [called[one.given.id] for one in rules],
        "Other": [called[one.other.id] for one in rules],
        "Baskets": [one.baskets for one in rules],
        "High": [one.high for one in rules],
    }
    config: Config = {
        "One": st.column_config.TextColumn("Product"),
        "Other": st.column_config.TextColumn("perhaps instead of"),
        "Baskets": st.column_config.NumberColumn("Both", format="%,d", help=hover("basket.both")),
        "High": st.column_config.NumberColumn("Lift at most", format="%.2f", help=hover("basket.lift_at_most")),
    }
    tables.show(columns, config, key="table_substitutes", rows_seen=8)


def bundles(found: Bundles) -> None:
    """Sets of three and more."""
    if not found.sets:
        st.caption(f"No three products stand in {found.minimum} baskets together.")
        return
    called = labels(item for one in found.sets for item in one.items)
    columns: dict[str, Sequence[Any]] = {
        "Set": [" + ".join(called[item.id] for item in one.items) for one in found.sets],
        "Size": [len(one.items) for one in found.sets],
        "Baskets": [one.baskets for one in found.sets],
        "Lift": [one.lift for one in found.sets],
    }
    config: Config = {
        "Set": st.column_config.TextColumn("Bought together", width=640),
        "Size": st.column_config.NumberColumn("Products", format="%d", width="small"),
        "Baskets": st.column_config.NumberColumn("Baskets", format="%,d", width="small"),
        "Lift": st.column_config.NumberColumn("Lift", format="%,.1f", width="small", help=hover("basket.bundle_lift")),
    }
    tables.show(columns, config, key="table_bundles", rows_seen=10)
    if not found.whole:
        st.caption("There are more sets than were looked at: the most frequent pairs were extended first.")


def export_rows(rules: Sequence[Rule], baskets: int, currency: str) -> list[dict[str, Any]]:
    """All rules, exact."""
    return [
        {
            "product_a": one.given.id, "product_a_name": one.given.name, "product_b": one.other.id,
            "product_b_name": one.other.name, "relationship_type": one.kind, "co_purchase_count": one.baskets,
            "baskets_a": one.given.baskets, "baskets_b": one.other.baskets, "support": one.support,
            "confidence": one.confidence, "lift": one.lift, "lift_low": one.low, "lift_high": one.high,
            "false_discovery_rate": one.q, "leverage": one.leverage, "conviction": one.conviction, "zhang": one.zhang,
            "jaccard": one.jaccard, "kulczynski": one.kulczynski, "first_co_purchase": one.first,
            "last_co_purchase": one.last, "currency": currency, "expected_extra_revenue": one.extra_revenue(baskets),
        }
        for one in rules
    ]  # fmt: skip


def export_bundles(found: Bundles) -> list[dict[str, Any]]:
    """All sets of three and more, exact."""
    return [
        {
            "products": " + ".join(item.id for item in one.items),
            "names": " + ".join(item.name for item in one.items),
            "size": len(one.items),
            "baskets": one.baskets,
            "lift": one.lift,
        }
        for one in found.sets
    ]


def notes(found: Basket, level: Level) -> list[str]:
    """What is left out, and by which method."""
    items = "products" if level is Level.PRODUCT else "categories"
    return [
        f"A basket is the distinct {items} of one order; cancelled orders and orders of no value are out.",
        "Independence is tested by Fisher's exact test, from an expected count of 10 on by chi-squared; corrected by"
        " Benjamini and Hochberg. With many baskets almost everything is significant: the order is by the lower end of"
        " the lift's 95 % interval (Clopper and Pearson).",
        "Frequently bought: confidence among the highest tenth of the tested pairs. Complement: the other pairs that"
        " are surely above chance.",
        "Possible substitutes are of one category, keep apart among baskets of two or more, and are bought with the"
        " same other products. Nobody has said that they replace each other.",
        f"Pairs in fewer than {found.minimum} baskets are not tested.",
    ]


def choices(items: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Ids by what is shown to choose from: the name, with the id where several have it. items: id and name."""
    often = Counter(name for _, name in items)
    return {name if often[name] == 1 else f"{name} ({id})": id for id, name in items}


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"
