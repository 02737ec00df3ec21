"""Post-mortems as they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from analytics.promo.postmortem.kept import Figures
from analytics.promo.postmortem.marks import Mark, marks_of
from data_access.queries.ids import as_id
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A post-mortem in the list. scenario_id or promotion_id: what it is of, both None where that is not there any
    more; sales_until: None where another program wrote it."""

    report_id: str
    scenario_id: str | None
    promotion_id: str | None
    version: int
    state: str
    label: str
    start: date
    end: date
    sales_until: date | None
    figures: Figures
    author: str
    created_at: datetime
    updated_at: datetime
    closed_by: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them whole. report: all that it says, None where another program wrote it; save_id: the save by which it
    stands."""

    row: ReportRow
    report: Mapping[str, Any] | None
    frozen: Mapping[str, Any] | None
    model_version: str | None
    marks: tuple[Mark, ...]
    insights: tuple[str, ...]
    learning_points: tuple[str, ...]
    save_id: str | None


@repeatable
def post_mortems(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[ReportRow]:
    """All of them, the promotion that began last first, its newest version before others. Raises NotPermitted,
    StoreError."""
    with promo_read(stores.operational, scope) as session:
        return tuple(_row(row) for row in session.rows("read/promo/post_mortems"))


@repeatable
def post_mortem(stores: Stores, scope: Scope, asked: str) -> Kept | None:
    """One by its id, None where there is none. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/post_mortem", report=id)
    if row is None:
        return None
    return Kept(
        _row(row),
        json.loads(row["report"]) if row["report"] else None,
        json.loads(row["frozen_forecast"]) if row["frozen_forecast"] else None,
        row["model_version"],
        marks_of(json.loads(row["marks"] or "[]")),
        tuple(row["insights"] or ()),
        tuple(row["learning_points"] or ()),
        row["save_id"],
    )


def _row(row: Mapping[str, Any]) -> ReportRow:
    figures = Figures(
        row["actual_sales_value"], row["actual_margin_value"], row["actual_margin_pct"], row["actual_ebit"],
        int(row["actual_units"]), row["sales_value_error_pct"], row["margin_value_error_pct"], row["ebit_error_pct"],
        row["units_error_pct"],
    )  # fmt: skip
    return ReportRow(
        row["report_id"], row["scenario_id"], row["promotion_id"], int(row["version"]), row["state"], row["label"],
        row["period_start"], row["period_end"], row["sales_until"], figures, row["author"], row["created_at"],
        row["updated_at"], row["closed_by"], row["closed_at"],
    )  # fmt: skip
