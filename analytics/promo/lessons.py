"""What a kept post-mortem says to a model of uplift: the outcomes that can be learned from, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from analytics.promo.learning import Outcome
from analytics.promo.model import Model
from analytics.promo.terms import Cell

LEAST_DAYS: Final = 3
# What others take or bring is put back no further than this.
_LEAST_FACTOR: Final = 0.2


class Unfit(StrEnum):
    """Why nothing can be learned from a cell's promotion."""

    NO_UPLIFT = "no_uplift"
    NO_DISCOUNT = "no_discount"
    FEW_DAYS = "few_days"
    OVERLAP = "overlap"
    ALREADY_ON = "already_on"
    NOT_ON_PROMO = "not_on_promo"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell of the promotion, and why it teaches nothing."""

    cell: Cell
    why: Unfit


@dataclass(frozen=True, slots=True)
class Told:
    """What of a post-mortem can be learned from, and what cannot."""

    outcomes: tuple[Outcome, ...]
    left_out: tuple[LeftOut, ...]


def told_by(source: str, start: date, end: date, report: Mapping[str, Any], model: Model) -> Told:
    """report: as `analytics.promo.postmortem.report` makes it, of a promotion from start to end; source: the
    promotion's id.

    What other cells of the same promotion took or brought, as the model has it, is taken out: a curve tells what a
    cell's own discount does, to buyers of usual sensitivity: what it did to more or less eager segments is set back to
    these. The discount is the one that sales tell where they do, else the one that was planned.
    """
    rows = {Cell(one["department"], one["channel"]): one for one in report["cells"] if one["promoted"]}
    named = {
        kind: {Cell(*cell) for one in report.get("doubts", ()) if one["kind"] == kind for cell in one["cells"]}
        for kind in ("overlap", "already_on", "not_on_promo")
    }
    outcomes, left_out = [], []
    for cell, row in sorted(rows.items()):
        discount = _discount(row)
        if why := _unfit(cell, row, discount, named):
            left_out.append(LeftOut(cell, why))
            continue
        assert discount is not None, "a row without a discount is unfit"
        others = _others(cell, rows, model)
        eager = _eager(row)
        uplift = ((1 + row["uplift_pct"] / 100) / others - 1) / eager
        error = row["uplift_error_pct"] / 100 / others / eager
        outcomes.append(Outcome(source, cell, discount, uplift, error, int(row["days"]), start, end))
    return Told(tuple(outcomes), tuple(left_out))


def _unfit(
    cell: Cell, row: Mapping[str, Any], discount: float | None, named: Mapping[str, set[Cell]]
) -> Unfit | None:  # fmt: skip
    for kind in ("not_on_promo", "overlap", "already_on"):
        if cell in named[kind]:
            return Unfit(kind)
    if int(row["days"]) < LEAST_DAYS:
        return Unfit.FEW_DAYS
    if row["uplift_pct"] is None:
        return Unfit.NO_UPLIFT
    return Unfit.NO_DISCOUNT if discount is None else None


def _discount(row: Mapping[str, Any]) -> float | None:
    """A fraction, None where neither sales nor the plan tell one."""
    seen = row["seen_discount_pct"]
    found = row["discount_pct"] if seen is None else seen
    return found / 100 if found else None


def _eager(row: Mapping[str, Any]) -> float:
    """The factor on the uplift of the segments that it was offered to; 1 in reports that do not tell it."""
    return float(row.get("sensitivity") or 1.0)


def _others(cell: Cell, rows: Mapping[Cell, Mapping[str, Any]], model: Model) -> float:
    """The factor on a cell's units of the promotion's other cells."""
    more = 0.0
    for effect in model.crosses:
        if effect.affected != cell or effect.source not in rows or effect.source not in model.curves:
            continue
        discount = _discount(rows[effect.source])
        if discount is not None:
            more += effect.effect * model.curves[effect.source].at(discount) * _eager(rows[effect.source])
    return max(1 + more, _LEAST_FACTOR)
