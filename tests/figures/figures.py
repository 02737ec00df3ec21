"""The figures of a store as plain tuples, in the shapes of `truth`."""

from __future__ import annotations

import struct
from typing import Any

from tests.figures import truth
from tests.figures.literal import Ledger

Figures = dict[str, list[tuple[Any, ...]]]

COLUMNS = {
    "klaviyo_orders": (
        "order_id", "event_id", "customer_id", "customer_email", "order_value", "currency", "order_value_account",
        "order_status", "order_date", "is_first_order", "order_count_for_customer", "days_since_last_order",
        "customer_total_spent", "customer_order_count",
    ),
    "order_deductions": (
        "event_id", "order_id", "customer_id", "event_type", "deduction_date", "order_date", "amount",
    ),
    "order_attribution": ("order_id", "order_date", "channel", "source_type", "campaign_id", "flow_id", "message_id"),
    "account_metrics_daily": (
        "date", "total_revenue", "email_revenue", "sms_revenue", "flow_revenue", "campaign_revenue", "total_orders",
        "email_orders", "sms_orders", "avg_order_value", "unique_customers", "new_customers", "repeat_customers",
        "new_customer_revenue", "repeat_customer_revenue", "revenue_growth_pct", "order_growth_pct",
        "customer_growth_pct",
    ),
    "fact_revenue": ("date", "channel", "revenue", "order_count", "customer_count"),
    "fact_conversions": ("date", "source_type", "source_id", "conversions", "revenue"),
    "fact_engagement": ("date", "channel", "metric_type", "count", "rate"),
    "klaviyo_aggregated_metrics": (
        "metric_id", "time_bucket", "bucket_size", "count", "sum_value", "min_value", "max_value", "avg_value",
    ),
}  # fmt: skip
EVERYTHING_ELSE = {
    "klaviyo_order_line_items": (
        "order_id", "line_item_id", "product_id", "quantity", "unit_price", "line_total", "line_total_account",
        "discount_amount", "order_date",
    ),
    "refund_cancelled_orders": (
        "event_id", "event_type", "original_order_id", "original_order_timestamp", "customer_id", "refund_amount",
        "amount_source", "refund_currency",
    ),
    "projection_rejects": ("event_id", "reason"),
}  # fmt: skip


def stored(ledger: Ledger) -> Figures:
    """What the store says."""
    return {name: _sorted(ledger.table(name, *columns)) for name, columns in COLUMNS.items()}


def stored_beside(ledger: Ledger) -> Figures:
    """The tables that the truth model does not tell, to be compared with a rebuild."""
    return {name: _sorted(ledger.table(name, *columns)) for name, columns in EVERYTHING_ELSE.items()}


def true(world: truth.World) -> Figures:
    """What the definitions say."""
    found = truth.orders(world)
    orders = list(found.values())
    told = {
        "klaviyo_orders": truth.order_rows(world, orders),
        "order_deductions": truth.deductions(world, found),
        "order_attribution": truth.attribution_rows(orders),
        "account_metrics_daily": truth.days(orders),
        "fact_revenue": truth.revenue_facts(orders),
        "fact_conversions": truth.conversion_facts(orders),
        "fact_engagement": truth.engagement(world),
        "klaviyo_aggregated_metrics": truth.buckets(world),
    }
    return {name: _sorted(rows) for name, rows in told.items()}


def _sorted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(_single(cell) for cell in row) for row in rows), key=repr)


def _single(cell: Any) -> Any:
    # Growth is stored in single precision.
    return struct.unpack("f", struct.pack("f", cell))[0] if isinstance(cell, float) else cell
