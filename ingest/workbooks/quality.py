"""How good a file's data are: completeness, accuracy, consistency, timeliness, and their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.workbooks.columns import Kind
from ingest.workbooks.kept import Kept


@dataclass(slots=True)
class Tally:
    """Cells and rows that were counted while they were read. required: cells that must be there; absent: those that are
    not; cells: cells in which something stands; broken: those that break their column's rule; contradicting: rows that
    contradict themselves or another one."""

    required: int = 0
    absent: int = 0
    cells: int = 0
    broken: int = 0
    rows: int = 0
    contradicting: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def quality(tally: Tally, kind: Kind, rows: Kept) -> dict[str, Any]:
    """completeness, accuracy, consistency, timeliness and overall, each 0–1; timeliness None where rows have no days.

    timeliness = days (months, of targets) present / those between the first and the last. overall is the mean of those
    that are there.
    """
    found: dict[str, float | None] = {
        "completeness": _share(tally.absent, tally.required),
        "accuracy": _share(tally.broken, tally.cells),
        "consistency": _share(tally.contradicting, tally.rows),
        "timeliness": _timeliness(kind, rows),
    }
    there = [value for value in found.values() if value is not None]
    found["overall"] = sum(there) / len(there) if there else None
    return {name: None if value is None else round(value, 4) for name, value in found.items()}


def _share(wrong: int, of: int) -> float | None:
    return 1 - wrong / of if of else None


def _timeliness(kind: Kind, rows: Kept) -> float | None:
    if kind is Kind.SALES and rows.num_rows:
        days = np.unique(
            np.concatenate([np.unique(block["date"].cast(pa.int32()).to_numpy()) for block in rows.blocks(["date"])])
        )
        return len(days) / float(days[-1] - days[0] + 1)
    if kind is Kind.TARGETS and rows.num_rows:
        months = pc.unique(rows.table(["month"])["month"]).to_pylist()
        numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
        return len(numbers) / (max(numbers) - min(numbers) + 1)
    return None
