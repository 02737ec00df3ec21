"""Scenarios side by side: the best of each figure, and how far each is from the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from analytics.promo.breakdown import Kpis
from analytics.promo.scenarios import Version

FEWEST, MOST = 2, 5
Number: TypeAlias = int | float | Decimal


class Unit(StrEnum):
    """What a measure is counted in."""

    MONEY = "money"
    PIECES = "pieces"
    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a scenario. more_is_better: which end is the best one."""

    name: str
    unit: Unit
    more_is_better: bool = True


# In the order in which they are read: scenarios are judged by what they bring.
MEASURES: Final[Mapping[str, Measure]] = {
    "net_ebit_delta": Measure("EBIT change, days after in", Unit.MONEY),
    "ebit_delta": Measure("EBIT change", Unit.MONEY),
    "margin_value_delta": Measure("Margin change", Unit.MONEY),
    "sales_value_delta": Measure("Sales change", Unit.MONEY),
    "units_delta": Measure("Units change", Unit.PIECES),
    "total_ebit": Measure("EBIT (contribution)", Unit.MONEY),
    "total_margin_value": Measure("Margin", Unit.MONEY),
    "total_margin_pct": Measure("Margin %", Unit.PERCENT),
    "total_sales_value": Measure("Sales", Unit.MONEY),
    "total_units": Measure("Units", Unit.PIECES),
    "invested": Measure("Invested", Unit.MONEY, more_is_better=False),
    "net_ebit_low": Measure("EBIT change, low end (90 %)", Unit.MONEY),
    "overall_score": Measure("Validation score when saved", Unit.POINTS),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario of a comparison. figures: by name of MEASURES, money in the company's currency; None or missing: not
    available. by_department: change of EBIT."""

    id: str
    label: str
    start: date
    end: date
    model_version: str
    figures: Mapping[str, Number | None]
    by_department: Mapping[str, float] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many days it runs."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of all sides, in their order. best: which are the best, all that tie; none where fewer than two are
    available or all are equal. differences: to the first side, None where either is not available."""

    measure: str
    values: tuple[Number | None, ...]
    best: tuple[bool, ...]
    differences: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Sides with their lines and what makes them unlike each other, in sentences."""

    sides: tuple[Side, ...]
    lines: tuple[Line, ...]
    cautions: tuple[str, ...]

    def axis(self, measure: str) -> tuple[float, float]:
        """Both ends of an axis on which all sides of a measure can be drawn, 0 among them."""
        values = [float(value) for line in self.lines if line.measure == measure for value in line.values
                  if value is not None]  # fmt: skip
        return min([0.0, *values]), max([0.0, *values])

    def department_axis(self) -> tuple[float, float]:
        """The same for the changes of EBIT by department."""
        values = [value for side in self.sides for value in side.by_department.values()]
        return min([0.0, *values]), max([0.0, *values])


def side_of(version: Version, kpis: Kpis, score: int | None, intervals: Mapping[str, Sequence[float]]) -> Side:
    """A saved scenario as a side. score: of its validation; intervals: both ends by figure, as its forecast holds
    them."""
    found: dict[str, Number | None] = {
        name: getattr(kpis, name)
        for name in (
            "ebit_delta", "margin_value_delta", "sales_value_delta", "units_delta", "total_ebit", "total_margin_value",
            "total_margin_pct", "total_sales_value", "total_units",
        )
    }  # fmt: skip
    breakdown = kpis.kpi_breakdown
    after, low_and_high = breakdown.get("after") or {}, intervals.get("net_ebit_delta")
    content = version.content
    return Side(
        id=version.scenario_id,
        label=content.label,
        start=content.start,
        end=content.end,
        model_version=version.model_version or "",
        figures=found
        | {
            "net_ebit_delta": after.get("net_ebit_delta"),
            "invested": (breakdown.get("promotion") or {}).get("invested"),
            "net_ebit_low": low_and_high[0] if low_and_high else None,
            "overall_score": score,
        },
        by_department={
            row["department"]: float(row["ebit_delta"])
            for row in breakdown.get("by_department") or ()
            if row.get("ebit_delta") is not None
        },
    )


def compared(sides: Sequence[Side]) -> Compared:
    """Between two and five scenarios side by side. Raises ValueError for another number of them."""
    if not FEWEST <= len(sides) <= MOST:
        raise ValueError(f"between {FEWEST} and {MOST} scenarios can be compared, not {len(sides)}")
    lines = [
        _line(name, measure, [side.figures.get(name) for side in sides])
        for name, measure in MEASURES.items()
        if any(side.figures.get(name) is not None for side in sides)
    ]
    return Compared(tuple(sides), tuple(lines), tuple(_cautions(sides)))


def _line(name: str, measure: Measure, values: Sequence[Number | None]) -> Line:
    # Two figures that read the same are the same: cents, and hundredths of a per cent.
    rounded = [None if value is None else round(Decimal(str(value)), 2) for value in values]
    known = [value for value in rounded if value is not None]
    differing = len(set(known)) > 1
    top = (max(known) if measure.more_is_better else min(known)) if differing else None
    first = rounded[0]
    return Line(
        measure=name,
        values=tuple(values),
        best=tuple(top is not None and value == top for value in rounded),
        differences=tuple(None if value is None or first is None else value - first for value in rounded),
    )


def _cautions(sides: Sequence[Side]) -> list[str]:
    found = []
    if len({side.days for side in sides}) > 1:
        told = ", ".join(f"{side.label} {side.days} {'day' if side.days == 1 else 'days'}" for side in sides)
        found.append(f"They run for different lengths ({told}): totals of a longer one hold more days.")
    elif len({(side.start, side.end) for side in sides}) > 1:
        found.append("They run on different days: their baselines are not the same.")
    if len({side.model_version for side in sides}) > 1:
        told = ", ".join(f"{side.label} {side.model_version or 'an unknown one'}" for side in sides)
        found.append(f"They rest on different uplift models ({told}): part of their differences is the models'.")
    return found
