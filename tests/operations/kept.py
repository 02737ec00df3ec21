"""What is compared before and after: every table of an account, less the instants at which a row was written."""

from __future__ import annotations

from typing import Any, Final

from tests.figures.literal import Ledger

WRITTEN_AT: Final = {"synced_at", "inserted_at", "updated_at", "processed_at", "changed_at", "created_at"}
OF_ORDERS: Final = (
    "klaviyo_orders",
    "klaviyo_order_line_items",
    "refund_cancelled_orders",
    "order_deductions",
    "order_attribution",
    "projection_rejects",
    "account_metrics_daily",
    "campaign_daily_aggregates",
    "flow_days",
    "flows_by_day",
    "fact_revenue",
    "fact_conversions",
)
OF_EVENTS: Final = ("fact_engagement", "klaviyo_aggregated_metrics")


def figures(ledger: Ledger, tables: tuple[str, ...] = OF_ORDERS + OF_EVENTS) -> dict[str, list[str]]:
    """Table → its rows as text, in order."""
    return {table: sorted(_text(row) for row in ledger.rows(table)) for table in tables}


def _text(row: dict[str, Any]) -> str:
    written = WRITTEN_AT | ({"timestamp"} if "total_revenue" in row else set())
    return str({name: value for name, value in row.items() if name not in written})
