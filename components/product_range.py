"""The page Products: its cards, chart, lists and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import streamlit as st
from streamlit.elements.lib import streamlit_plotly_theme as stand_ins

from analytics.account import Account
from analytics.periods import change_pct
from analytics.product_range import (
    NEW_DAYS,
    STANDS_OUT,
    ProductRange,
    RangeProduct,
    Standing,
    refund_rate,
)
from components import cards, charts, palette, tables, wording
from components.cards import Card
from components.definitions import Told, told
from components.hovers import hover
from components.plain import charted, plain

LISTED: Final = 8
CENT: Final = 0.01
PRODUCT: Final = "product"
MEANINGS: Final = {
    Standing.STAR: "sells often and brings much",
    Standing.POPULAR: "sells often",
    Standing.HIGH_VALUE: "brings much",
    Standing.STANDARD: "neither",
}
# Shape and colour: no meaning hangs on colour alone.
_MARKS: Final = {
    Standing.STAR: ("star", palette.ACCENT, 11),
    Standing.POPULAR: ("circle", stand_ins.CATEGORY_1, 8),
    Standing.HIGH_VALUE: ("diamond", stand_ins.CATEGORY_2, 8),
    Standing.STANDARD: ("circle-open", palette.MUTED, 6),
}


def caption(found: ProductRange, account: Account, now: datetime | None) -> str:
    """Of which store and days, in whose time and money, and how fresh. now: None for a text that is kept."""
    return " · ".join(
        [
            account.name,
            f"30 and 90 days up to {wording.day(found.as_of - timedelta(days=1))}, against the 30 days before",
            "cancelled orders out",
            f"{account.timezone} time",
            f"{account.currency}, line totals net of refunds",
            f"computed {wording.moment(found.computed_at, account.zone, now)}",
        ]
    )


def skeleton() -> None:
    """The places of cards and chart."""
    cards.skeleton(6, sparklines=False)
    st.skeleton(charts.TALL + 60)


def six_cards(found: ProductRange, currency: str) -> list[Card]:
    """The last 30 days beside those before, what is new, what fades, what comes back."""
    totals = found.totals
    lost = totals.gross_90d - totals.revenue_90d

    def changed(now: float, before: float) -> str:
        return wording.change(change_pct(now, before))

    def part(of: Sequence[RangeProduct]) -> str:
        earned = sum(float(one.revenue_90d) for one in of)
        return wording.rate(earned / float(totals.revenue_90d) * 100) if totals.revenue_90d else wording.NOT_AVAILABLE

    def before(text: str) -> tuple[str]:
        return (f"30 days before {text}",)

    return [
        Card(
            "revenue", "Revenue, 30 days", wording.money_short(totals.revenue, currency),
            changed(float(totals.revenue), float(totals.revenue_before)), "up", "",
            before(wording.money_short(totals.revenue_before, currency)),
            told("products.revenue"),
        ),
        Card(
            "units", "Units, 30 days", wording.count_short(totals.units),
            changed(totals.units, totals.units_before), "up", "", before(wording.count_short(totals.units_before)),
            told("products.units"),
        ),
        Card(
            "sold", "Products sold", wording.count(totals.sold), changed(totals.sold, totals.sold_before), "up", "",
            before(wording.count(totals.sold_before)),
            told("products.sold", f"{wording.count(found.known)} were ever sold."),
        ),
        Card(
            "new", "New products", wording.count(len(found.new)), f"{part(found.new)} of revenue", "neither", "",
            (f"first sold in {NEW_DAYS} days",),
            told("products.new"),
        ),
        Card(
            "fading", "Fading products", wording.count(len(found.fading)), f"{part(found.fading)} of revenue",
            "neither", "", ("half their pace or less",),
            told("products.fading"),
        ),
        Card(
            "refunds", "Refund rate", wording.rate(refund_rate(totals.gross_90d, totals.revenue_90d)),
            wording.money_short(lost, currency), "neither", "", ("90 days, refunds only",),
            told("products.refunds"),
        ),
    ]  # fmt: skip


def answer(found: ProductRange, currency: str) -> str:
    """Which products carry the shop, in a sentence."""
    number, revenue = found.standings[Standing.STAR]
    if not found.totals.revenue_90d:
        return "No product was sold in the last 90 days."
    if not number:
        return "No product is a star: none is among the best fifth both by units and by revenue of the last 90 days."
    share = float(revenue / found.totals.revenue_90d * 100)
    stars = f"**{wording.count(number)} star{'s' if number != 1 else ''}**"
    return (
        f"{stars} (best fifth by units and by revenue) of {wording.count(found.known)} products bring "
        f"**{wording.rate(share)}** of the revenue of 90 days, {wording.money_short(revenue, currency)}."
    )


def landscape(found: ProductRange, currency: str, file: str) -> None:
    """Units against revenue of 90 days, in logarithmic steps, with the limits from which on a product stands out."""
    layout = charts.base_layout(charts.TALL)
    layout |= {"showlegend": True, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}}
    layout["margin"] |= {"t": 36, "b": 24}
    layout["xaxis"] |= {"type": "log", "dtick": 1, "tickformat": ",~s", "title": {"text": "Units in 90 days"}}
    layout["yaxis"] |= {"type": "log", "dtick": 1, "tickformat": "~s", "tickprefix": wording.symbol(currency)}
    layout["yaxis"] |= {"title": {"text": f"Revenue in 90 days, {currency}", "standoff": 8}}
    data = []
    for standing in Standing:
        symbol, colour, size = _MARKS[standing]
        own = [one for one in found.products if one.standing is standing and one.units_90d > 0 and one.revenue_90d > 0]
        if not own:
            continue
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": standing.value,
                "x": [one.units_90d for one in own],
                "y": [float(one.revenue_90d) for one in own],
                "marker": {"symbol": symbol, "color": colour, "size": size},
                "customdata": [
                    f"{charted(one.name)}<br>{wording.count(one.units_90d)} units, "
                    f"{wording.money(one.revenue_90d, currency)}"
                    for one in own
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    if found.limits is not None and found.limits[0] > 0 and found.limits[1] > 0:
        dotted = {"type": "line", "line": {"color": palette.PAST, "width": 1, "dash": "dot"}}
        units, revenue = found.limits
        layout["shapes"] = [
            dotted | {"x0": units, "x1": units, "y0": 0, "y1": 1, "yref": "paper"},
            dotted | {"y0": revenue, "y1": revenue, "x0": 0, "x1": 1, "xref": "paper"},
        ]
    alt = "Products by units and revenue of the last 90 days; dotted lines are the limits of the best fifth."
    charts.show({"data": data, "layout": layout}, key="chart_products", alt=alt, file=file)
    named = "; ".join(f"{standing.value}: {meaning}" for standing, meaning in MEANINGS.items())
    st.caption(f"Dotted: the best fifth of the products sold in 90 days begins there. {named}.")


def new_products(found: ProductRange, currency: str) -> None:
    """Products that were first sold lately."""
    if not found.new:
        st.caption(f"No product was sold for the first time in the last {NEW_DAYS} days.")
        return
    columns: dict[str, Sequence[Any]] = {
        "Product": [one.name for one in found.new],
        "Since": [one.first_sold for one in found.new],
        "Units": [one.units_30d for one in found.new],
        "Revenue": [float(one.revenue_30d) for one in found.new],
    }
    config = {
        "Product": st.column_config.TextColumn("Product", width="medium"),
        "Since": st.column_config.DateColumn("First sold", format="D MMM YYYY"),
        "Units": st.column_config.NumberColumn("Units", format="%,d"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.0f"),
    }
    tables.show(columns, config, key="table_new", rows_seen=LISTED)


def fading_products(found: ProductRange, currency: str) -> None:
    """Products that sell much slower than they did."""
    if not found.fading:
        st.caption("No product sells less than half as fast as in the 90 days as a whole.")
        return
    columns: dict[str, Sequence[Any]] = {
        "Product": [one.name for one in found.fading],
        "Trend": [list(one.weeks) for one in found.fading],
        "Velocity": [one.velocity for one in found.fading],
        "Units": [one.units_90d for one in found.fading],
    }
    config = {
        "Product": st.column_config.TextColumn("Product", width=165),
        "Trend": st.column_config.AreaChartColumn(
            "13 weeks", width=110, y_min=0, help=hover("products.13_weeks", currency=currency)
        ),
        "Velocity": st.column_config.NumberColumn("Velocity", format="%.2f", help=hover("products.velocity")),
        "Units": st.column_config.NumberColumn("Units, 90 d", format="%,d"),
    }
    tables.show(columns, config, key="table_fading", rows_seen=LISTED)


def table(found: Sequence[RangeProduct], currency: str) -> None:
    """The leading products, with a sparkline each; a row can be picked, and stands in the address."""
    columns: dict[str, Sequence[Any]] = {
        "Product": [one.name for one in found],
        "Standing": [one.standing.value for one in found],
        "Trend": [list(one.weeks) for one in found],
        "Revenue": [float(one.revenue_90d) for one in found],
        "Units": [one.units_90d for one in found],
        "Customers": [one.customers_90d for one in found],
        "Price": [None if one.average_price is None else float(one.average_price) for one in found],
        "Velocity": [one.velocity for one in found],
        "Conversion": [one.conversion_rate for one in found],
        "Repurchase": [one.repurchase_rate for one in found],
        "Discounted": [one.discount_rate for one in found],
        "Refunds": [one.refund_rate for one in found],
        "Category": [one.category or "–" for one in found],
        "Brand": [one.brand or "–" for one in found],
    }

    def per_cent(label: str, help: Told) -> Any:
        return st.column_config.NumberColumn(label, format="%.1f %%", help=help)

    # One format for a column: with all four digits only where a price needs them.
    digits = 4 if any(0 < abs(float(one.average_price or 0)) < CENT for one in found) else 2
    config: Mapping[str, Any] = {
        "Product": st.column_config.TextColumn("Product", width="medium", pinned=True),
        "Trend": st.column_config.AreaChartColumn(
            "13 weeks", y_min=0, help=hover("products.13_weeks", currency=currency)
        ),
        "Revenue": st.column_config.NumberColumn(
            f"Revenue, {currency}", format="%,.0f", help=hover("products.revenue")
        ),
        "Units": st.column_config.NumberColumn("Units", format="%,d", help=hover("products.units")),
        "Customers": st.column_config.NumberColumn("Customers", format="%,d", help=hover("products.customers")),
        "Price": st.column_config.NumberColumn("Price", format=f"%,.{digits}f", help=hover("products.price")),
        "Velocity": st.column_config.NumberColumn("Velocity", format="%.2f", help=hover("products.velocity")),
        "Conversion": per_cent("Conversion", hover("products.conversion")),
        "Repurchase": per_cent("Bought again", hover("products.bought_again")),
        "Discounted": per_cent("Discounted", hover("products.discounted")),
        "Refunds": per_cent("Refunds", hover("products.line_refunds")),
    }
    ids = [one.id for one in found]
    tables.pickable(columns, config, ids=ids, param=PRODUCT, key="table_products", rows_seen=12)
    more = any((one.conversion_rate or 0) > 100 for one in found)
    st.caption(
        "Tick a row to see what is bought with the product."
        + (" Conversion above 100 %: more people bought it than were seen looking at it." if more else "")
    )


def picked_heading(name: str) -> bool:
    """The picked product's name with a button on its right; whether a person closes it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"Bought with {plain(name)}", anchor=False, width="content")
        return st.button("Close", key="product_close", icon=":material/close:", type="tertiary")


def export_rows(found: Sequence[Mapping[str, Any]], currency: str) -> list[dict[str, Any]]:
    """Every product with all of its columns, and what its sums are in."""
    return [{**row, "currency": currency} for row in found]


def notes(found: ProductRange, shown: int) -> list[str]:
    """What is left out, and by which method."""
    said = [
        "A product's variants count as the product where the catalog knows of which one they are.",
        "A refund that names no lines is spread over all lines of its order by their totals.",
        f"Standings compare the products sold in 90 days at the {STANDS_OUT}th percentile of units and of revenue.",
        "Conversion rests on the event Viewed Product: people who were not known to Klaviyo are not in it.",
    ]
    if found.known > shown:
        said.append(f"The table shows the {shown} products with most revenue; the export has all {found.known:,}.")
    return said
