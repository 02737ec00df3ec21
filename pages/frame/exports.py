"""Export menus: each table of a page as CSV and Excel, and the whole page as one workbook; made when clicked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from analytics.revenue import RevenueFigures
from analytics.rfm_figures import BEST_FIRST
from components import anomaly_words, export_words, revenue_tables, tables
from components.export_columns import columns_of
from data_access.queries.revenue import OrdersOf, RevenueQuery, orders, products
from data_access.scope import Right
from pages.frame import clock, exporting
from pages.frame.unusual import Unusual
from pages.frame.view import View
from reports.rows import NOTHING, as_csv
from reports.workbook import Sheet, as_workbook

CSV: Final = "CSV"
EXCEL: Final = "Excel"
Rows = Sequence[Mapping[str, Any]]
Sets = Mapping[str, Callable[[], Rows]]
# Tables with a row a customer.
PERSONAL: Final = frozenset({"Customers", "Orders", "Buyers", *BEST_FIRST})


def menu(
    view: View,
    title: str,
    sets: Sets,
    about: Mapping[str, str],
    *,
    file: str,
    key: str = "export",
    apart: Collection[str] = (),
) -> None:
    """The menu of a page or of a part of one, for those who may export.

    title: what the workbook is called; sets: by name, how to read the rows of a table when they are asked for. The
    whole page is offered beside its tables, without those that stand `apart`; a menu of another key is of a part of a
    page and offers its tables alone.
    """
    together = {name: rows for name, rows in sets.items() if name not in apart}
    tables.export_menu(
        {name: both(view, title, name, rows, about) for name, rows in sets.items()},
        later(view, title, EXCEL, lambda: workbook(view, title, together, about), about),
        file=file,
        key=key,
        allowed=view.may(Right.EXPORT),
        whole=key == "export",
        masked=bool(sets.keys() & PERSONAL) and not view.may(Right.PII),
    )


def both(
    view: View, title: str, name: str, rows: Callable[[], Rows], about: Mapping[str, str]
) -> tuple[Callable[[], bytes], Callable[[], bytes]]:
    """One table as CSV and as Excel, read when one of them is asked for."""

    def csv() -> bytes:
        view.scope.require(Right.EXPORT, view.account.public_id)
        found = rows()
        return as_csv(list(found[0]) if found else NOTHING, found)

    def xlsx() -> bytes:
        return workbook(view, f"{title}: {name}", {name: rows}, about)

    told = f"{title}: {name}"
    return later(view, told, CSV, csv, about), later(view, told, EXCEL, xlsx, about)


def later(
    view: View, title: str, form: str, make: Callable[[], bytes], about: Mapping[str, str]
) -> Callable[[], bytes]:
    """A file of the store that is looked at, made and noted once it is asked for."""
    return exporting.later(view.stores, view.scope, view.account.public_id, title, form, make, lambda: about)


def workbook(view: View, title: str, sets: Sets, about: Mapping[str, str]) -> bytes:
    """Tables as one workbook. Raises NotPermitted, StoreError."""
    view.scope.require(Right.EXPORT, view.account.public_id)
    said = {**about, "Exported": f"{clock.now().astimezone(UTC):%Y-%m-%d %H:%M} UTC"}
    sheets = [Sheet(name, rows, columns_of(name)) for name, rows in sets.items()]
    return as_workbook(title, said, sheets, export_words.money(view.account.currency))


def exports(
    view: View, asked: RevenueQuery, figures: RevenueFigures, caption: str, filtered: Sequence[str], found: Unusual
) -> None:
    """The revenue page's menu. Rows are read again when a button is clicked, from the data of that moment."""
    store, scope, account, shown = view.stores, view.scope, view.account.public_id, view.shown
    sets: Sets = {
        "Over time": lambda: revenue_tables.day_rows(figures, shown, found.findings),
        "Products": lambda: revenue_tables.product_rows(products(store, scope, account, asked), figures, shown),
        "Campaigns and flows": lambda: revenue_tables.source_rows(figures, shown),
        "Unusual days": lambda: anomaly_words.rows(found.findings, shown),
        "Orders": lambda: revenue_tables.order_rows(orders(store, scope, account, asked), shown),
    }
    in_part = asked.orders_of is not OrdersOf.ALL
    said = export_words.revenue_about(figures, shown, caption, filtered, in_part=in_part)
    menu(view, "Revenue", sets, said, file=f"promolens-{account}-{asked.period.start}-{asked.period.end}")
