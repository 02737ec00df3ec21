"""What planners mark: days on which a department and channel had no stock, or its promotion price was not live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from analytics.promo.terms import Cell

MOST: Final = 500
LONGEST_NOTE: Final = 300


class MarkKind(StrEnum):
    """Why a day says nothing of the promotion."""

    OUT_OF_STOCK = "out_of_stock"
    PRICE_NOT_LIVE = "price_not_live"


@dataclass(frozen=True, slots=True)
class Mark:
    """Days from start to end, both in, of one cell, that are left out of what is judged."""

    department: str
    channel: str
    start: date
    end: date
    kind: MarkKind
    note: str = ""

    @property
    def cell(self) -> Cell:
        """Whose days."""
        return Cell(self.department, self.channel)

    def stored(self) -> dict[str, str]:
        """As it stands in `post_mortem_reports.marks`."""
        return {
            "department": self.department, "channel": self.channel, "start": self.start.isoformat(),
            "end": self.end.isoformat(), "kind": self.kind.value, "note": self.note,
        }  # fmt: skip


class BadMarks(ValueError):
    """Marks that cannot be used; the message names each with what to do."""


def marks_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """Stored or edited rows, checked; rows that name nothing are left out. Raises BadMarks with every problem."""
    found, problems = [], []
    for number, row in enumerate(rows, 1):
        if not any(row.get(name) for name in ("department", "channel", "start", "end")):
            continue
        try:
            start, end = _day(row.get("start")), _day(row.get("end") or row.get("start"))
            kind = MarkKind(str(row.get("kind") or MarkKind.OUT_OF_STOCK))
        except ValueError:
            problems.append(f"row {number}: give the first and the last day, and why they are left out")
            continue
        department, channel = (str(row.get(name) or "").strip() for name in ("department", "channel"))
        note = str(row.get("note") or "").strip()
        if not department or not channel:
            problems.append(f"row {number}: name the department and the channel")
        elif end < start:
            problems.append(f"row {number}: its last day is before its first")
        elif len(note) > LONGEST_NOTE:
            problems.append(f"row {number}: its note is longer than {LONGEST_NOTE} signs")
        else:
            found.append(Mark(department, channel, start, end, kind, note))
    if len(found) > MOST:
        problems.append(f"there are more than {MOST} rows: mark longer runs of days")
    if problems:
        raise BadMarks("; ".join(problems))
    return tuple(found)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value or "")[:10])
