"""A post-mortem as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from analytics.promo.postmortem.marks import Mark


@dataclass(frozen=True, slots=True)
class Subject:
    """Which promotion: a scenario, or one of the catalog; the other id is None."""

    scenario_id: str | None = None
    promotion_id: str | None = None

    def __post_init__(self) -> None:
        if (self.scenario_id is None) == (self.promotion_id is None):
            raise ValueError("a post-mortem is of a scenario or of a promotion of the catalog")


@dataclass(frozen=True, slots=True)
class Figures:
    """What is judged, by the columns of `post_mortem_reports`: money in the company's currency, errors in per cent of
    the forecast, None at forecast 0 and without one."""

    actual_sales_value: Decimal
    actual_margin_value: Decimal
    actual_margin_pct: Decimal | None
    actual_ebit: Decimal
    actual_units: int
    sales_value_error_pct: Decimal | None
    margin_value_error_pct: Decimal | None
    ebit_error_pct: Decimal | None
    units_error_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class PostMortem:
    """What is handed over to be kept. frozen: the forecast at approval, None without; report: all that it says (see
    `analytics.promo.postmortem.report`); sales_until: last day of sales that it rests on."""

    subject: Subject
    label: str
    start: date
    end: date
    figures: Figures
    report: Mapping[str, Any]
    marks: tuple[Mark, ...] = ()
    frozen: Mapping[str, Any] | None = None
    model_version: str | None = None
    sales_until: date | None = None
    insights: Sequence[str] = ()
    learning_points: Sequence[str] = ()
