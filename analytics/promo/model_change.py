"""What would change if another model of uplift were in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.promo.model import Model
from analytics.promo.terms import Cell

DISCOUNTS: Final = (0.1, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell's uplift (fractions) at each of some discounts, by the model in force and by the other one; None where a
    model does not know the cell."""

    cell: Cell
    now: tuple[float | None, ...]
    then: tuple[float | None, ...]


def model_change(now: Model, then: Model, discounts: Sequence[float] = DISCOUNTS) -> tuple[CellChange, ...]:
    """Cell by cell, by name."""

    def uplift(model: Model, cell: Cell) -> tuple[float | None, ...]:
        held = model.curves.get(cell)
        return tuple(None if held is None else held.at(discount) for discount in discounts)

    return tuple(
        CellChange(cell, uplift(now, cell), uplift(then, cell)) for cell in sorted({*now.curves, *then.curves})
    )
