"""What a validation finds: checks, limits, issues with their fixes, and the report over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from analytics.promo.optimiser import GRID
from analytics.promo.terms import Cell

MEDIUM, HIGH, LOW = "medium", "high", "low"
_PENALTY: Final = {HIGH: 40, MEDIUM: 15, LOW: 5}


class Check(StrEnum):
    """What is looked at."""

    DISCOUNT_LIMIT = "discount_limit"
    MARGIN_THRESHOLD = "margin_threshold"
    KPI_PLAUSIBILITY = "kpi_plausibility"
    CANNIBALIZATION_RISK = "cannibalization_risk"
    OVERLAP = "overlap"
    BUDGET = "budget"
    STOCK = "stock"
    TARGET = "target"
    BRAND_COMPLIANCE = "brand_compliance"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; fractions, money in the company's currency. Departments without their own take the default."""

    discount: float = 0.25
    discount_by_department: Mapping[str, float] = field(default_factory=dict)
    discount_at_most: float = 0.40
    margin: float = 0.18
    margin_by_department: Mapping[str, float] = field(default_factory=dict)
    margin_points_below_baseline: float = 0.08
    margin_at_least: float = 0.0
    confidence: float = 0.3
    cannibalization: float = 0.30
    cannibalization_at_most: float = 0.60
    budget: float = 350_000.0
    grid: tuple[float, ...] = GRID


@dataclass(frozen=True, slots=True)
class Occupied:
    """A submitted or approved scenario elsewhere: which cell it holds, from when to when."""

    label: str
    cell: Cell
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a scenario is checked against beside its own figures. landing and target: the month's sales in money;
    not_before: the first day that a scenario can still be moved to, None: any; today: None where it does not matter."""

    others: Sequence[Occupied] = ()
    landing: float | None = None
    target: float | None = None
    month: str = ""
    # Mandatory elements that the scenario's brief or notes lack.
    missing_elements: Sequence[str] = ()
    not_before: date | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that can be applied with one click: new depths by row (fractions, by place in the scenario), rows to
    drop, new dates, elements to add."""

    depths: Mapping[int, float] = field(default_factory=dict)
    drop: Sequence[int] = ()
    start: date | None = None
    end: date | None = None
    add: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding; `fix` is None where there is nothing to click."""

    type: Check
    severity: str
    message: str
    suggested_fix: str
    affected_department: str | None
    fix: Fix | None = None

    def stored(self) -> dict[str, Any]:
        """As it stands in `validation_reports.issues`."""
        return {
            "type": self.type.value,
            "severity": self.severity,
            "message": self.message,
            "suggested_fix": self.suggested_fix,
            "affected_department": self.affected_department,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """PASS, WARN (any medium) or BLOCK (any high), with a score from 0 to 100."""

    issues: tuple[Issue, ...]

    @property
    def status(self) -> str:
        """BLOCK = any high; WARN = any medium; PASS = neither."""
        severities = {issue.severity for issue in self.issues}
        return "BLOCK" if HIGH in severities else "WARN" if MEDIUM in severities else "PASS"

    @property
    def overall_score(self) -> int:
        """max(0, 100 − 40 × high − 15 × medium − 5 × low)."""
        return max(0, 100 - sum(_PENALTY[issue.severity] for issue in self.issues))
