"""Targets of months and regions as a planner types them: checked as a workbook's are, each cell told by itself."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

MOST: Final = 10**15
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: sales in the company's currency, margin in per cent, units None where none are set."""

    sales: Decimal
    margin_pct: Decimal
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A month ('2026-10') of a region."""

    month: str
    geo: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the grid: what stood there when it was opened, and what is to stand; None: no target."""

    key: Key
    seen: Goal | None
    wanted: Goal | None


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be kept. column: 'sales', 'margin_pct' or 'units'; wrong: the rest of the sentence."""

    key: Key
    column: str
    wrong: str


def read_region(typed: str) -> str:
    """A region's name. Raises ValueError with what is wrong."""
    name = " ".join(typed.split())
    if not name or len(name) > 40:
        raise ValueError("A region has a name of 1 to 40 characters, like DE.")
    return name


def changes_of(
    seen: Mapping[Key, Goal], typed: Mapping[Key, Mapping[str, Any]]
) -> tuple[tuple[Change, ...], tuple[BadCell, ...]]:
    """What was typed against what stood there: rows that differ, and cells that cannot be kept. typed: sales,
    margin_pct, units of each row, None where blank; a row that is blank throughout has no target."""
    changes, problems = [], []
    for key, cells in typed.items():
        bad: list[BadCell] = []
        wanted = _goal(key, cells, bad)
        problems += bad
        if not bad and wanted != seen.get(key):
            changes.append(Change(key, seen.get(key), wanted))
    return tuple(changes), tuple(problems)


def checked(changes: Sequence[Change]) -> None:
    """Raises ValueError for a month that is none, or a region without a name."""
    for one in changes:
        if not _MONTH.match(one.key.month):
            raise ValueError(f"'{one.key.month}' is no month: write it as 2026-10.")
        read_region(one.key.geo)


def _goal(key: Key, cells: Mapping[str, Any], bad: list[BadCell]) -> Goal | None:
    held = {name: cells.get(name) for name in ("sales", "margin_pct", "units")}
    held = {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in held.items()}
    if all(value is None for value in held.values()):
        return None
    sales = _number(key, "sales", held["sales"], 0, MOST, bad)
    margin = _number(key, "margin_pct", held["margin_pct"], 0, 100, bad)
    units = held["units"]
    if units is not None:
        number = _number(key, "units", units, 0, MOST, bad)
        if number is not None and number != int(number):
            bad.append(BadCell(key, "units", "is no whole number"))
        units = None if number is None else int(number)
    if sales is None or margin is None or bad:
        return None
    return Goal(sales.quantize(_CENT, ROUND_HALF_UP), margin.quantize(_CENT, ROUND_HALF_UP), units)


def _number(key: Key, column: str, value: Any, low: int, high: int, bad: list[BadCell]) -> Decimal | None:
    if value is None:
        bad.append(BadCell(key, column, "is missing: a target has sales and a margin"))
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or not low <= number <= high:
        bad.append(BadCell(key, column, f"is {number:,}; it lies between {low:,} and {high:,}"))
        return None
    return number
