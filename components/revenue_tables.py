"""The tables behind the revenue page, as they are shown and as they are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from analytics.anomalies import Finding
from analytics.revenue import Product, RevenueFigures, Source
from components import tables, wording
from components.anomaly_words import by_day
from components.hovers import hover
from components.revenue_comparison import comparable
from components.revenue_series import Shown, compared_sums, sums
from components.revenue_words import CHANNELS

PRODUCT: Final = "product"
KIND_NAMES: Final = {"campaign": "Campaign", "flow": "Flow", "none": "Unattributed"}


def products(figures: RevenueFigures, shown: Shown) -> None:
    """What sold most, with a sparkline each; a row can be picked, and stands in the address."""
    found = figures.products
    currency = shown.account.currency
    columns: dict[str, Sequence[Any]] = {
        "Product": [product.name for product in found],
        "Sales": [float(product.sales) for product in found],
    }
    config = {
        "Product": st.column_config.TextColumn("Product", width="medium"),
        "Trend": st.column_config.AreaChartColumn("Trend", width="medium", y_min=0),
        "Sales": st.column_config.NumberColumn(f"Sales, {currency}", format="%,.0f", help=hover("revenue.sales")),
        "Units": st.column_config.NumberColumn("Units", format="%,d"),
        "Orders": st.column_config.NumberColumn("Orders", format="%,d"),
    }
    if comparable(figures, shown).sums is not None:
        columns["Change"] = [_change(product) for product in found]
        config["Change"] = st.column_config.NumberColumn(
            "Change", format="%+.1f %%", help=hover("revenue.change", versus=wording.versus(shown.comparison))
        )
    columns["Trend"] = [[float(value) for value in product.trend[shown.whole]] for product in found]
    columns["Units"] = [product.units for product in found]
    columns["Orders"] = [product.orders for product in found]
    ids = [product.id for product in found]
    tables.pickable(columns, config, ids=ids, param=PRODUCT, key="table_products")
    st.caption("Tick a row to see the product's days and orders.")


def campaigns(figures: RevenueFigures, shown: Shown) -> None:
    """Each campaign and flow that won orders, and the orders that nobody won: they add up to gross revenue."""
    found = _ordered(figures.this.sources)
    gross = figures.this.total.gross
    columns: dict[str, Sequence[Any]] = {
        "Source": [source.name for source in found],
        "Kind": [KIND_NAMES.get(source.kind, source.kind) for source in found],
        "Channel": ["–" if source.kind == "none" else _channel(source.channel) for source in found],
        "Revenue": [float(source.amounts.gross) for source in found],
        "Share": [float(source.amounts.gross / gross * 100) if gross > 0 else None for source in found],
        "Orders": [source.amounts.orders for source in found],
        "Value": [None if source.amounts.aov is None else float(source.amounts.aov) for source in found],
    }
    config = {
        "Source": st.column_config.TextColumn("Campaign or flow", width="medium"),
        "Revenue": st.column_config.NumberColumn(
            f"Revenue, {shown.account.currency}", format="%,.0f", help=hover("revenue.revenue")
        ),
        "Share": st.column_config.NumberColumn("Share", format="%.1f %%"),
        "Orders": st.column_config.NumberColumn("Orders", format="%,d"),
        "Value": st.column_config.NumberColumn("Order value", format="%,.2f", help=hover("revenue.order_value")),
    }
    tables.show(columns, config, key="table_sources")


TABLES: Final = {"Products": products, "Campaigns and flows": campaigns}


def day_rows(figures: RevenueFigures, shown: Shown, findings: Sequence[Finding] = ()) -> list[dict[str, Any]]:
    """The series as exact rows: one a bucket, with the compared bucket and its unusual figures beside it."""
    held = comparable(figures, shown)
    compared = compared_sums(held.counts, shown) if held.counts else None
    rows = []
    for i, (start, (amounts, booked)) in enumerate(zip(shown.starts, sums(figures.this, shown), strict=True)):
        row: dict[str, Any] = {
            "from": max(start, shown.period.start),
            "to": shown.last_day(i),
            "currency": shown.account.currency,
            "gross_revenue": amounts.gross,
            "net_revenue": amounts.gross - booked,
            "deductions_booked": booked,
            "orders": amounts.orders,
            "average_order_value": None if amounts.aov is None else round(amounts.aov, 2),
            "discounts": amounts.discount,
            "first_orders": amounts.new,
            "unusual": by_day(findings, max(start, shown.period.start), shown.last_day(i)),
        }
        if compared is not None:
            other, days = compared[i], shown.compared_buckets[i]
            row["compared_from"], row["compared_to"] = (days.start, days.end) if days else (None, None)
            if held.sums is not None:
                row["compared_gross_revenue"] = other[0].gross if other else None
                row["compared_net_revenue"] = other[0].gross - other[1] if other else None
            row["compared_orders"] = other[0].orders if other else None
        rows.append(row)
    return rows


def source_rows(figures: RevenueFigures, shown: Shown) -> list[dict[str, Any]]:
    """Every campaign and flow, and the unattributed rest, with exact amounts."""
    return [
        {
            "kind": source.kind,
            "id": source.id,
            "name": source.name,
            "channel": source.channel,
            "currency": shown.account.currency,
            "gross_revenue": source.amounts.gross,
            "orders": source.amounts.orders,
            "deductions_of_these_orders": source.amounts.deducted,
            "first_orders": source.amounts.new,
        }
        for source in _ordered(figures.this.sources)
    ]


def product_rows(found: Sequence[Product], figures: RevenueFigures, shown: Shown) -> list[dict[str, Any]]:
    """Every product that sold, with exact amounts; what it sold in the compared days where those can be compared."""
    compared = shown.comparison if comparable(figures, shown).sums is not None else None
    rows = []
    for product in found:
        row: dict[str, Any] = {
            "product_id": product.id,
            "product_name": product.name,
            "brand": product.brand,
            "currency": shown.account.currency,
            "sales": product.sales,
            "units": product.units,
            "orders": product.orders,
        }
        if compared is not None:
            row["compared_from"], row["compared_to"] = compared.period.start, compared.period.end
            row["compared_sales"] = product.compared_sales
        rows.append(row)
    return rows


def order_rows(found: Sequence[Mapping[str, Any]], shown: Shown) -> list[dict[str, Any]]:
    """Orders with their time twice, in UTC and as the store's clocks showed it, and the currency of their sums."""
    zone = shown.account.zone
    rows = []
    for order in found:
        row: dict[str, Any] = {}
        for column, value in order.items():
            if column == "order_timestamp":
                row["order_timestamp_utc"] = value.astimezone(UTC)
                row["order_timestamp_local"] = value.astimezone(zone)
                row["timezone"] = shown.account.timezone
            else:
                row[column] = value
            if column == "order_value":
                row["currency"] = shown.account.currency
        rows.append(row)
    return rows


def _ordered(sources: Sequence[Source]) -> list[Source]:
    return sorted(sources, key=lambda source: (source.kind == "none", -source.amounts.gross, source.id))


def _change(product: Product) -> float | None:
    before = product.compared_sales
    if before is None or before == 0:
        return None
    return float((product.sales - before) / abs(before) * Decimal(100))


def _channel(channel: str) -> str:
    name = CHANNELS.get(channel, channel)
    return name[:1].upper() + name[1:]
