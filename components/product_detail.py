"""One product of the revenue page: what it sold over time, and in which orders."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import streamlit as st

from analytics.periods import Grain, Period, change_pct
from analytics.product_sales import ProductSales, Sold, within
from analytics.revenue import RevenueFigures
from components import cards, charts, day_marks, line_chart, tables, wording
from components.cards import Card
from components.definitions import told
from components.hovers import hover
from components.line_chart import Series
from components.plain import plain
from components.revenue_comparison import comparable
from components.revenue_series import Shown
from components.revenue_words import CHANNELS, KINDS

Number = Decimal | int | None


def heading(found: ProductSales) -> bool:
    """The product's name with a button on its right; whether a person closes it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(plain(found.name), anchor=False, width="content")
        return st.button("Close", key="product_close", icon=":material/close:", type="tertiary")


def draw(found: ProductSales, figures: RevenueFigures, shown: Shown, against: str) -> None:
    """Four cards, sales over time, and the newest orders."""
    held = comparable(figures, shown)
    this = within(found.days, shown.period)
    before = within(found.compared, shown.comparison.period) if found.compared and shown.comparison else Sold()
    currency = shown.account.currency
    st.caption(
        " · ".join(
            piece
            for piece in (
                plain(found.brand or ""),
                wording.days(shown.period),
                "line totals after discounts",
                "cancelled orders out",
            )
            if piece
        )
    )
    if not this.orders:
        st.markdown("It was not sold in these days, or not with these filters. Choose other days, or close it.")
        return

    def card(key: str, label: str, of: Callable[[Sold], Number], text: Callable[[Number], str], *, money: bool) -> Card:
        known = held.sums is not None if money else held.counts is not None
        now, then = of(this), of(before) if known else None
        change = change_pct(*(None if value is None else float(value) for value in (now, then)))
        missing = wording.NOT_AVAILABLE if figures.compared is not None else ""
        return Card(
            f"product_{key}", label, text(now), wording.change(change) if known else missing, "up",
            text(then) if known else "", (), told(f"product.{key}"),
        )  # fmt: skip

    cards.show(
        [
            card("sales", "Sales", lambda sold: sold.sales, lambda n: wording.money_short(n, currency), money=True),
            card("units", "Units", lambda sold: sold.units, wording.count_short, money=False),
            card("orders", "Orders", lambda sold: sold.orders, wording.count_short, money=False),
            card("price", "Price a unit", lambda sold: sold.price, lambda n: wording.price(n, currency), money=True),
        ],
        against,
        sparklines=False,
    )
    _over_time(found, shown, compared=held.sums is not None)
    _orders(found, shown, this)


def _over_time(found: ProductSales, shown: Shown, *, compared: bool) -> None:
    currency = shown.account.currency
    buckets = [
        Period(max(start, shown.period.start), shown.last_day(place)) for place, start in enumerate(shown.starts)
    ]
    this = [within(found.days, bucket) for bucket in buckets[: shown.last_bucket]]
    rest = [None] * (len(buckets) - len(this))
    hover = [f"{wording.money(sold.sales, currency)}, {wording.count(sold.units)} units" for sold in this]
    if shown.grain is not Grain.DAY:
        hover = [
            f"{text}  {wording.bucket(start, shown.grain, shown.period)}"
            for text, start in zip(hover, shown.starts, strict=False)
        ]
    other = None
    if compared and found.compared is not None and shown.comparison is not None:
        then = [within(found.compared, bucket) if bucket else None for bucket in shown.drawn_buckets]
        other = Series(
            "Compared",
            [None if sold is None else float(sold.sales) for sold in then],
            [
                f"{wording.money(sold.sales if sold else None, currency)}  {wording.days(bucket) if bucket else ''}"
                for sold, bucket in zip(then, shown.drawn_buckets, strict=True)
            ],
            "a year before" if shown.comparison.of_last_year else "previous period",
        )
    dates = [bucket.start.isoformat() for bucket in buckets]
    figure = line_chart.over_time(
        dates,
        Series("Sales", [*(float(sold.sales) for sold in this), *rest], [*hover, *("" for _ in rest)]),
        other,
        prefix=wording.symbol(currency),
        unit="Sales",
        partial=shown.partial,
    )
    alt = f"Sales of {found.name} by {shown.grain.value}, {wording.days(shown.period)}."
    alt = day_marks.on(figure, dates, shown.period.end, shown.marked, alt)
    charts.show(figure, key="chart_product", alt=alt, file=f"promolens-product-{found.id}-{shown.period.start}")


def _orders(found: ProductSales, shown: Shown, this: Sold) -> None:
    zone, currency = shown.account.zone, shown.account.currency
    rows = found.orders
    listed = (
        "All orders" if len(rows) >= this.orders else f"The {len(rows)} newest of {wording.count(this.orders)} orders"
    )
    st.markdown(f"**{listed} with it**")
    columns: dict[str, list[Any]] = {
        "Time": [row["order_timestamp"].astimezone(zone).replace(tzinfo=None) for row in rows],
        "Order": [row["order_id"] for row in rows],
        "Units": [int(row["units"]) for row in rows],
        "Sales": [_float(row["product_sales"]) for row in rows],
        "Value": [_float(row["order_value"]) for row in rows],
        "Country": [row["shipping_country"] or "–" for row in rows],
        "Won by": [_won(row["won_by"], row["won_through"]) for row in rows],
    }
    config = {
        "Time": st.column_config.DatetimeColumn(
            "Time", format="D MMM YYYY, HH:mm", help=hover("product.time", zone=shown.account.timezone)
        ),
        "Order": st.column_config.TextColumn("Order", width="small"),
        "Units": st.column_config.NumberColumn("Units", format="%,d"),
        "Sales": st.column_config.NumberColumn(f"Its sales, {currency}", format="%,.2f"),
        "Value": st.column_config.NumberColumn(f"Order value, {currency}", format="%,.2f"),
    }
    tables.show(columns, config, key="table_product_orders", rows_seen=8)


def _won(kind: str, channel: str) -> str:
    if kind == "none":
        return "nobody"
    return f"{KINDS.get(kind, kind).removesuffix('s')}, {CHANNELS.get(channel, channel)}"


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
