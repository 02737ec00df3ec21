"""Tables → one Excel workbook: a sheet that says what is shown, then a sheet a table, with cells of their own kinds."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from analytics.spreadsheet_text import runs
from reports.rows import NOTHING, joined

ROWS_A_SHEET: Final = 1_048_576
LONGEST_NAME: Final = 31
LONGEST_TEXT: Final = 32_767
NARROWEST, WIDEST = 8, 48
# Rows that a column's width is taken from.
LOOKED_AT: Final = 200
ABOUT: Final = "About"
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Names that Excel would take for a cell: A1, XFD9, R, C, R1C1.
LIKE_A_CELL: Final = re.compile(r"[A-Za-z]{1,3}[0-9]+|[RrCc]|[Rr][0-9]*[Cc][0-9]*")
EARLIEST: Final = 1900
GUARDED: Final = "guarded"
HEAD_FILL, LINE = "#EEF1F5", "#C9CED6"


class Kind(StrEnum):
    """What a column holds, and so how its cells look. SHARE is a part of 1, PER_CENT a part of 100."""

    TEXT = "text"
    COUNT = "number"
    NUMBER = "decimal number"
    MONEY = "money"
    PRICE = "price"
    PER_CENT = "per cent"
    SHARE = "share"
    DAY = "date"
    MOMENT = "date and time"
    TRUTH = "true or false"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means, and what it holds; `kind` None: told by each value. heading: what stands over it, ''
    the name that its rows give it."""

    meaning: str = ""
    kind: Kind | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """How sums look: the sign before them, with its space where it needs one, and how many decimals."""

    sign: str = ""
    decimals: int = 2

    @property
    def number_format(self) -> str:
        """An Excel number format: "€"#,##0.00, with a minus for negatives."""
        figure = "#,##0" + (f".{'0' * self.decimals}" if self.decimals else "")
        return self._signed(figure)

    @property
    def price_format(self) -> str:
        """The same with the digits of prices below a cent where they have such: "€"#,##0.00##."""
        return self._signed(f"#,##0.{'0' * self.decimals}##") if self.decimals else self.number_format

    def _signed(self, figure: str) -> str:
        sign = f'"{self.sign.replace(chr(34), "")}"' if self.sign else ""
        return f"{sign}{figure};-{sign}{figure}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, how to read its rows (each a mapping with the same keys), and what its columns are."""

    name: str
    rows: Callable[[], Sequence[Mapping[str, Any]]]
    columns: Mapping[str, Column] = field(default_factory=dict)


def as_workbook(
    title: str, about: Mapping[str, str], sheets: Iterable[Sheet], money: Money = Money(), most: int = ROWS_A_SHEET
) -> bytes:
    """The workbook. `about`: what its first sheet says, line by line; `most`: rows a sheet, its heading counted.

    A table is read when its turn comes and goes to disk row by row, so that memory holds one table. Texts stay texts,
    never formulas or links; times lose their zone. A table of more rows than a sheet holds goes on in further sheets,
    and the first sheet says so. Where a number is missing, or none (NaN, infinite), the cell is blank.
    """
    import xlsxwriter  # only here: 0.15 s that no page should wait for

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    book.set_properties({"title": title, "subject": about.get("Shows", ""), "author": "Promolens"})
    styles = _styles(book, money)
    first = book.add_worksheet(ABOUT)
    names = _Names()
    told = [_table(book, sheet, names, styles, most) for sheet in sheets]
    _about(first, title, about, told, styles)
    book.close()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Told:
    """A table as the first sheet lists it."""

    name: str
    sheets: Sequence[str]
    rows: int
    columns: Sequence[tuple[str, Column]]


class _Names:
    """Names of sheets and of areas, each given once; Excel does not tell small letters from large ones."""

    def __init__(self) -> None:
        # Excel keeps 'History' for itself.
        self._taken = {ABOUT.lower(), "history"}
        self._areas: set[str] = set()

    def sheet(self, wanted: str) -> str:
        plain = FORBIDDEN.sub(" ", wanted).strip().strip("'").strip() or "Table"
        name, number = plain[:LONGEST_NAME].rstrip(), 1
        while name.lower() in self._taken:
            number += 1
            ending = f" ({number})"
            name = plain[: LONGEST_NAME - len(ending)].rstrip() + ending
        self._taken.add(name.lower())
        return name

    def area(self, sheet: str) -> str:
        name = re.sub(r"\W+", "_", sheet).strip("_")
        if not name or not (name[0].isalpha()) or LIKE_A_CELL.fullmatch(name):
            name = f"Table_{name}".rstrip("_")
        while name.lower() in self._areas:
            name += "_"
        self._areas.add(name.lower())
        return name


def _styles(book: Any, money: Money) -> dict[Any, Any]:
    def style(**more: Any) -> Any:
        return book.add_format({"valign": "top", **more})

    return {
        "title": style(bold=True, font_size=16),
        "part": style(bold=True, font_size=12),
        "name": style(bold=True),
        "rows": style(num_format="#,##0", align="left"),
        "wrapped": style(text_wrap=True),
        "head": style(bold=True, text_wrap=True, bottom=1, bottom_color=LINE, bg_color=HEAD_FILL),
        "head_right": style(bold=True, text_wrap=True, bottom=1, bottom_color=LINE, bg_color=HEAD_FILL, align="right"),
        Kind.TEXT: style(),
        # Stays a text when somebody edits it, too.
        GUARDED: style(quote_prefix=True),
        Kind.COUNT: style(num_format="#,##0"),
        Kind.NUMBER: style(num_format="#,##0.00##"),
        Kind.MONEY: style(num_format=money.number_format),
        Kind.PRICE: style(num_format=money.price_format),
        Kind.PER_CENT: style(num_format='#,##0.0" %"'),
        Kind.SHARE: style(num_format="0.0%"),
        Kind.DAY: style(num_format="d mmm yyyy"),
        Kind.MOMENT: style(num_format="yyyy-mm-dd hh:mm:ss"),
        Kind.TRUTH: style(),
    }


def _table(book: Any, sheet: Sheet, names: _Names, styles: Mapping[Any, Any], most: int) -> _Told:
    rows = sheet.rows()
    columns = list(rows[0]) if rows else list(NOTHING)
    held = [(name, _resolved(name, sheet.columns, rows)) for name in columns]
    formats = [styles.get(column.kind or Kind.TEXT) for _, column in held]
    made = []
    for begin in range(0, max(len(rows), 1), most - 1):
        part = rows[begin : begin + most - 1]
        name = names.sheet(sheet.name)
        made.append(name)
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for place, (title, column) in enumerate(held):
            head = column.heading or title
            page.write_string(0, place, head, styles["head_right" if _is_number(column.kind) else "head"])
            page.set_column(place, place, _width(head, column.kind, [row[title] for row in part[:LOOKED_AT]]))
        for line, row in enumerate(part, start=1):
            for place, title in enumerate(columns):
                value = row[title]
                if value is not None and value != "":
                    _write(page, line, place, value, formats[place], styles[GUARDED])
        if part:
            page.autofilter(0, 0, len(part), len(columns) - 1)
            end = f"${_letters(len(columns) - 1)}${len(part) + 1}"
            quoted = name.replace("'", "''")
            book.define_name(names.area(name), f"='{quoted}'!$A$1:{end}")
    return _Told(sheet.name, made, len(rows), held if rows else [])


def _resolved(name: str, known: Mapping[str, Column], rows: Sequence[Mapping[str, Any]]) -> Column:
    """A column whose kind is known: as it was given, else as its first values tell."""
    column = known.get(name, Column())
    if column.kind is not None:
        return column
    first = next((row[name] for row in rows[:LOOKED_AT] if row[name] not in (None, "")), "")
    return Column(column.meaning, _kind_of(first), column.heading)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return Kind.TRUTH
    if isinstance(value, int):
        return Kind.COUNT
    if isinstance(value, float | Decimal):
        return Kind.NUMBER
    if isinstance(value, datetime):
        return Kind.MOMENT
    return Kind.DAY if isinstance(value, date) else Kind.TEXT


def _is_number(kind: Kind | None) -> bool:
    return kind in (Kind.COUNT, Kind.NUMBER, Kind.MONEY, Kind.PRICE, Kind.PER_CENT, Kind.SHARE)


def _write(page: Any, line: int, place: int, value: Any, style: Any, guarded: Any) -> None:
    if isinstance(value, str):
        page.write_string(line, place, _fitting(value), guarded if runs(value) else style)
    elif isinstance(value, bool):
        page.write_boolean(line, place, value, style)
    elif isinstance(value, int | float | Decimal):
        if math.isfinite(value):
            page.write_number(line, place, value, style)
    elif isinstance(value, date):
        if value.year < EARLIEST:
            page.write_string(line, place, value.isoformat(), style)
        else:
            page.write_datetime(
                line, place, value.replace(tzinfo=None) if isinstance(value, datetime) else value, style
            )
    elif text := joined(value) if isinstance(value, list) else str(value):
        page.write_string(line, place, _fitting(text), guarded if runs(text) else style)


def _fitting(text: str) -> str:
    """A longer text than a cell holds would be left out without a word."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _width(title: str, kind: Kind | None, values: Sequence[Any]) -> float:
    """As wide as the widest of the first values and the heading."""
    if kind is Kind.MOMENT:
        longest = 19
    elif kind is Kind.DAY:
        longest = 11
    else:
        longest = max((len(_seen(value, kind)) for value in values if value is not None), default=0)
    # The button of the filter covers three letters of the heading.
    return min(max(longest + 2, len(title) + 3, NARROWEST), WIDEST)


_PLACES: Final = {Kind.COUNT: 0, Kind.PER_CENT: 1, Kind.SHARE: 1, Kind.NUMBER: 4, Kind.PRICE: 4}


def _seen(value: Any, kind: Kind | None) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        places = {Kind.COUNT: 0, Kind.PER_CENT: 1, Kind.SHARE: 1, Kind.NUMBER: 4, Kind.PRICE: 4}.get(
            kind or Kind.NUMBER, 2
        )
        return f"{value:,.{places}f}  " if math.isfinite(value) else ""
    return joined(value) if isinstance(value, list) else str(value)


def _letters(place: int) -> str:
    """The letters of a column by its place, from 0: A, Z, AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def _about(page: Any, title: str, about: Mapping[str, str], told: Sequence[_Told], styles: Mapping[Any, Any]) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 30)
    page.set_column(2, 2, 90)
    page.set_column(3, 4, 18)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, title, styles["title"])
    line = 2
    for name, value in about.items():
        page.write_string(line, 0, name, styles["name"])
        # Two columns wide, as high as the text needs: a merged cell would not break into lines by itself.
        page.merge_range(line, 1, line, 2, "", styles["wrapped"])
        page.write_string(line, 1, _fitting(value), styles["wrapped"])
        page.set_row(line, 15 * max(1, math.ceil(len(value) / 115)))
        line += 1
    line += 1
    for place, head in enumerate(("Table", "Sheet", "Rows")):
        page.write_string(line, place, head, styles["head"])
    for each in told:
        line += 1
        page.write_string(line, 0, each.name, styles["name"])
        page.write_string(line, 1, ", ".join(each.sheets), styles["wrapped"])
        further = f" on {len(each.sheets)} sheets: one holds {ROWS_A_SHEET:,} at most" if len(each.sheets) > 1 else ""
        if further:
            page.write_string(line, 2, f"{each.rows:,}{further}", styles[Kind.TEXT])
        else:
            page.write_number(line, 2, each.rows, styles["rows"])
    line += 2
    for place, head in enumerate(("Table", "Column", "Meaning", "Kind", "In CSV files")):
        page.write_string(line, place, head, styles["head"])
    for each in told:
        for name, column in each.columns:
            line += 1
            page.write_string(line, 0, each.name, styles[Kind.TEXT])
            page.write_string(line, 1, column.heading or name, styles["name"])
            page.write_string(line, 4, name, styles[Kind.TEXT])
            page.write_string(line, 2, column.meaning, styles["wrapped"])
            page.set_row(line, 15 * max(1, math.ceil(len(column.meaning) / 95)))
            page.write_string(line, 3, str(column.kind or ""), styles[Kind.TEXT])
