"""The company's workbooks as its people would hand them in: each a little different, as such files are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from demo.company.binary_book import Value, write_binary_book
from demo.company.history import Promotion, Sale, promotions, sales

UNTIL: Final = date(2026, 11, 21)
SEED: Final = 4
GEO: Final = "DE"
GROWTH: Final = 1.06
MARGIN_TARGET: Final = 0.275
_SHOWN_CHANNEL: Final = {"offline": "Store", "online": "Web"}
_FUNDING: Final = {"Winter sale": 6000, "Summer of sport": 9000, "Autumn shop days": 5000, "Black Week": 12000}
_SEGMENTS: Final = (
    ("members", "Loyal members", 0.18, 0.34, 246.5, "Audio, Kitchen", "low", 5.8, 21),
    ("families", "Families", 0.22, 0.24, 198.0, "Kitchen, Large appliances, Gaming", "medium", 3.6, 44),
    ("tech", "Tech enthusiasts", 0.12, 0.19, 412.3, "Computers, Smartphones, Photo", "low", 4.4, 33),
    ("bargain", "Bargain hunters", 0.27, 0.15, 96.8, "TV, Audio", "high", 2.9, 58),
    ("occasional", "New and occasional", 0.21, 0.08, 121.4, "Smartphones", "medium", 1.2, 140),
)


def write_workbooks(folder: Path, until: date = UNTIL, seed: int = SEED) -> list[Path]:
    """Writes the four workbooks into the folder, with sales up to `until`; their paths.

    The same `until` and seed give the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    month = until.replace(day=1)
    first = month.replace(year=month.year - 3)
    history = sales(first, until, seed)
    # The new month comes in a file of its own, which begins with days that the large one has too.
    overlap = month - timedelta(7)
    planned = promotions(first, until + timedelta(60), seed)
    return [
        _history(folder / "sales_history.xlsb", [row for row in history if row.day < month], first, month),
        _month(folder / f"sales_{until:%Y_%m}.csv", [row for row in history if row.day >= overlap]),
        _catalog(folder / "promotions.xlsx", [one for one in planned if one.name], until),
        _plan(folder / "plan.xlsx", history, month),
    ]


def _history(path: Path, rows: Sequence[Sale], first: date, until: date) -> Path:
    """Days as serial numbers in the general format, discounts as fractions, a title above the header."""
    about: list[Sequence[Value]] = [
        ["Sales by day, channel and department"],
        [],
        ["From", first, "before", until],
        ["Turnover and margin in EUR without VAT; a synthetic company"],
    ]
    sheet: list[Sequence[Value]] = [
        ["Date", "Channel", "Department", "Promo", "Discount", "Turnover", "Margin", "Units"]
    ]
    for row in rows:
        cut = None if row.discount is None else row.discount / 100
        sheet.append(
            [row.day, _SHOWN_CHANNEL[row.channel], row.department, bool(cut), cut, row.sales, row.margin, row.units]
        )
    return write_binary_book(path, {"About": about, "Sales": sheet})


def _month(path: Path, rows: Sequence[Sale]) -> Path:
    """As a German system exports it, with a line of sums at its end, which is no row of sales."""
    lines = ["Datum;Kanal;Warengruppe;Aktion;Rabatt;Umsatz;Rohertrag;Menge"]
    for row in rows:
        promo = "nein;" if row.discount is None else f"ja;{row.discount} %"
        channel = "Filiale" if row.channel == "offline" else "Webshop"
        money = f"{_german(row.sales)};{_german(row.margin)}"
        lines.append(f"{row.day:%d.%m.%Y};{channel};{row.department};{promo};{money};{row.units}")
    total = [sum(row.sales for row in rows), sum(row.margin for row in rows)]
    lines.append(f"Summe;;;;;{_german(total[0])};{_german(total[1])};{sum(row.units for row in rows)}")
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode())
    return path


def _german(value: float) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _catalog(path: Path, named: Sequence[Promotion], until: date) -> Path:
    """The header in the fourth row, below a title; coupons and member prices with what they need."""
    rows: list[Sequence[Any]] = [
        ["Promotions of the company"], ["Discounts in per cent of the regular price"], [],
        ["Promotion", "Start", "End", "Departments", "Channels", "Avg discount", "Mechanic", "Segments", "Redemption",
         "Fixed cost", "Funding", "Notes"],
    ]  # fmt: skip
    for number, one in enumerate(named):
        kind = ("Discount", "Coupon", "Member price")[2 if number % 9 == 8 else 1 if number % 5 == 4 else 0]
        everybody = kind != "Member price"
        rows.append(
            [one.name, one.start, one.end, ", ".join(one.depths), ", ".join(_SHOWN_CHANNEL[c] for c in one.channels),
             round(sum(one.depths.values()) / len(one.depths), 1), kind, "ALL" if everybody else "members",
             0.3 if kind == "Coupon" else None, 4000 * len(one.depths), _funding(one),
             "Planned" if one.start > until else None]
        )  # fmt: skip
    return _xlsx(path, {"Promotions": rows})


def _funding(one: Promotion) -> int | None:
    """What makers pay towards it: of the large departments' campaigns only."""
    return _FUNDING.get(one.name.rpartition(" ")[0])


def _plan(path: Path, history: Sequence[Sale], month: date) -> Path:
    """Targets from 22 months ago to four months ahead: the same month a year before, and growth."""
    by_month: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in history:
        sums = by_month[f"{row.day:%Y-%m}"]
        sums[0] += row.sales
        sums[1] += row.units
    targets: list[Sequence[Any]] = [["Month", "Geo", "Sales target", "Target margin %", "Target units"]]
    first = month.year * 12 + month.month - 1
    for number in range(first - 22, first + 5):
        before = by_month[f"{number // 12 - 1}-{number % 12 + 1:02}"]
        targets.append(
            [date(number // 12, number % 12 + 1, 1), GEO, round(before[0] * GROWTH, -3), MARGIN_TARGET,
             round(before[1] * GROWTH)]
        )  # fmt: skip
    segments: list[Sequence[Any]] = [
        ["Segment", "Name", "Share of customers", "Share of revenue", "AOV", "Favorite categories", "Sensitivity",
         "Orders per year", "Days since last purchase"],
        *_SEGMENTS,
    ]  # fmt: skip
    return _xlsx(path, {"Targets": targets, "Segments": segments})


def _xlsx(path: Path, sheets: dict[str, list[Sequence[Any]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 11, 21, tzinfo=UTC)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 11, 18)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path
