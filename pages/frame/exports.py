"""What the revenue page exports: exactly the figures shown, and all rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analytics.revenue import RevenueFigures
from components import revenue_tables, tables
from data_access.queries.revenue import RevenueQuery, orders, products
from pages.frame.view import View
from reports.rows import as_csv, as_xlsx

Rows = Sequence[Mapping[str, Any]]
# The only heading of an export without rows: a file that says nothing looks broken.
NOTHING = ("No rows in this selection",)


def both(rows: Callable[[], Rows], notes: Mapping[str, str]) -> tuple[Callable[[], bytes], Callable[[], bytes]]:
    """Rows as CSV and as Excel, read when one of them is asked for."""

    def csv() -> bytes:
        found = rows()
        return as_csv(list(found[0]) if found else NOTHING, found)

    def xlsx() -> bytes:
        found = rows()
        return as_xlsx(list(found[0]) if found else NOTHING, found, notes)

    return csv, xlsx


def exports(
    view: View, asked: RevenueQuery, figures: RevenueFigures, caption: str, filtered: Sequence[str], *, allowed: bool
) -> None:
    """The export menu. Rows are read again when a button is clicked, from the data of that moment."""
    notes = revenue_tables.export_notes(figures, view.shown, caption, filtered)
    store, scope, account = view.stores, view.scope, view.account.public_id

    tables.export_menu(
        {
            "Over time": both(lambda: revenue_tables.day_rows(figures, view.shown), notes),
            "Products": both(
                lambda: revenue_tables.product_rows(products(store, scope, account, asked), figures, view.shown), notes
            ),
            "Campaigns and flows": both(lambda: revenue_tables.source_rows(figures, view.shown), notes),
            "Orders": both(lambda: revenue_tables.order_rows(orders(store, scope, account, asked), view.shown), notes),
        },
        file=f"promolens-{account}-{asked.period.start}-{asked.period.end}",
        key="export",
        allowed=allowed,
    )
