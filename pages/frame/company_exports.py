"""Export menus of pages over the company's data, which belong to no store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any

from components import export_words, tables
from components.export_columns import columns_of
from data_access.scope import Right
from pages.frame import clock, exporting
from pages.frame.desk import Desk
from pages.frame.exports import CSV, EXCEL
from reports.rows import NOTHING, as_csv
from reports.workbook import Sheet, as_workbook

Rows = Sequence[Mapping[str, Any]]
# What a file says of itself; words that take long are put together once it is made.
About = Mapping[str, str] | Callable[[], Mapping[str, str]]


def menu(
    d: Desk,
    title: str,
    sets: Mapping[str, Callable[[], Rows]],
    about: About,
    *,
    file: str,
    key: str = "export",
) -> None:
    """Each table as CSV and Excel, and all of them as one workbook, for those who may export; made when clicked."""
    tables.export_menu(
        {name: _both(d, title, name, rows, about) for name, rows in sets.items()},
        later(d, title, EXCEL, lambda: _workbook(d, title, sets, about), about),
        file=f"promolens-{file}-{d.today}",
        key=key,
        allowed=d.scope.allows(Right.EXPORT),
        whole=len(sets) > 1,
    )


def _both(
    d: Desk, title: str, name: str, rows: Callable[[], Rows], about: About
) -> tuple[Callable[[], bytes], Callable[[], bytes]]:
    def csv() -> bytes:
        d.scope.require(Right.EXPORT)
        found = rows()
        return as_csv(list(found[0]) if found else NOTHING, found)

    def xlsx() -> bytes:
        return _workbook(d, f"{title}: {name}", {name: rows}, about)

    told = f"{title}: {name}"
    return later(d, told, CSV, csv, about), later(d, told, EXCEL, xlsx, about)


def later(d: Desk, title: str, form: str, make: Callable[[], bytes], about: About) -> Callable[[], bytes]:
    """A file of the company's, made and noted once it is asked for."""
    told = about if callable(about) else lambda: about
    return exporting.later(d.stores, d.scope, None, title, form, make, told)


def _workbook(d: Desk, title: str, sets: Mapping[str, Callable[[], Rows]], about: About) -> bytes:
    d.scope.require(Right.EXPORT)
    said = {
        **(about() if callable(about) else about),
        "Currency": d.currency or "that of the sales",
        "Exported": f"{clock.now().astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    }
    sheets = [Sheet(name, rows, columns_of(name)) for name, rows in sets.items()]
    return as_workbook(title, said, sheets, export_words.money(d.currency))
