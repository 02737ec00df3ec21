"""Scenarios as they stand, their versions, the frozen forecast, and which days they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from analytics.promo.breakdown import Kpis
from analytics.promo.mechanics import mechanics_of
from analytics.promo.scenarios import Content, State, Version, kpis_from
from analytics.promo.terms import Cell
from analytics.promo.verdict import Occupied
from data_access.engines.base import Session
from data_access.queries.ids import as_id
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario in the list: money in the company's currency, None where it was never simulated. cells: what it
    discounts; approved_version: the version whose forecast is frozen, None without; comment: of its last step."""

    scenario_id: str
    label: str
    start: date
    end: date
    scenario_type: str | None
    state: State
    version: int
    model_version: str | None
    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime
    source_opportunity_id: str | None
    cells: tuple[Cell, ...]
    notes: str
    total_sales_value: Decimal | None
    total_margin_value: Decimal | None
    total_margin_pct: Decimal | None
    total_ebit: Decimal | None
    total_units: int | None
    sales_value_delta: Decimal | None
    margin_value_delta: Decimal | None
    ebit_delta: Decimal | None
    units_delta: int | None
    net_ebit_delta: Decimal | None
    validation_status: str | None
    overall_score: int | None
    approved_version: int | None
    comment: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A scenario with its newest figures and its current validation (status, overall_score, issues)."""

    version: Version
    kpis: Kpis | None
    validation: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """The forecast that a scenario's post-mortem is held to: see `analytics.promo.forecast.forecast_of`."""

    version: int
    approved_by: str
    approved_at: datetime
    forecast: Mapping[str, Any]


@repeatable
def scenarios(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[ScenarioRow]:
    """All scenarios, those changed last first. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/promo/scenarios")
    found = []
    for row in rows:
        mechanics = json.loads(row.pop("mechanics"))
        row["cells"] = _cells(mechanics)
        row["state"] = State(row["state"])
        row["start"], row["end"] = row.pop("date_range_start"), row.pop("date_range_end")
        found.append(ScenarioRow(**row))
    return tuple(found)


@repeatable
def scenario(stores: Stores, scope: Scope, asked: str) -> Standing | None:
    """One scenario by its id, None where there is none. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/scenario", scenario=id)
    if row is None:
        return None
    validation = None
    if row["status"] is not None:
        validation = {
            "status": row["status"],
            "overall_score": row["overall_score"],
            "issues": json.loads(row["issues"] or "[]"),
        }
    kpis = None
    if row["kpi_breakdown"] is not None:
        kpis = kpis_from(row | {"kpi_breakdown": json.loads(row["kpi_breakdown"])})
    return Standing(version_of(row), kpis, validation)


@repeatable
def versions(stores: Stores, scope: Scope, asked: str) -> Sequence[Version]:
    """The versions of a scenario, the newest first. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return ()
    with promo_read(stores.operational, scope) as session:
        return tuple(version_of(row) for row in session.rows("read/promo/versions", scenario=id))


@repeatable
def frozen(stores: Stores, scope: Scope, asked: str) -> Frozen | None:
    """The forecast frozen when the scenario was approved last. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/frozen", scenario=id)
    if row is None:
        return None
    return Frozen(int(row["version"]), row["author"], row["created_at"], json.loads(row["frozen"]))


@repeatable
def occupied(stores: Stores, scope: Scope, asked: str | None = None) -> Sequence[Occupied]:
    """Which departments and channels submitted and approved scenarios hold, and when; asked: the id of the scenario
    that is being looked at, which is left out. A draft made of an approved scenario leaves the approved one in place.

    Raises NotPermitted, StoreError.
    """
    with promo_read(stores.operational, scope) as session:
        return occupied_in(session, asked)


def occupied_in(session: Session | ScopedSession, asked: str | None) -> tuple[Occupied, ...]:
    """The same as a session sees it that is open already: a submission's own transaction."""
    rows = session.rows("read/promo/occupied")
    return tuple(
        Occupied(row["label"], cell, row["date_range_start"], row["date_range_end"])
        for row in rows
        if row["scenario_id"] != asked
        for cell in _cells(json.loads(row["mechanics"]))
    )


def version_of(row: Mapping[str, Any]) -> Version:
    """A row of scenario_versions (or a scenario as it stands), its documents as JSON text. Rows of mechanics that were
    written by another program are taken as they are, without a check of their segments."""
    return Version(
        scenario_id=row["scenario_id"],
        number=int(row["version"]),
        state=State(row["state"]),
        content=Content(
            label=row["label"] or "",
            start=row["date_range_start"],
            end=row["date_range_end"],
            mechanics=tuple(mechanics_of(json.loads(row["mechanics"]))),
            scenario_type=row["scenario_type"],
            notes=row["notes"],
            source_opportunity_id=row["source_opportunity_id"],
        ),
        author=row["author"],
        created_at=row["created_at"],
        comment=row["comment"],
        model_version=row["model_version"],
        changes=json.loads(row.get("changes") or "{}"),
        kpis=kpis_from(json.loads(row["kpis"])) if row.get("kpis") else None,
        validation=json.loads(row["validation"]) if row.get("validation") else None,
        frozen=bool(row.get("frozen")),
    )


def _cells(mechanics: Any) -> tuple[Cell, ...]:
    rows = mechanics if isinstance(mechanics, list) else []
    return tuple(dict.fromkeys(Cell(str(row.get("department")), str(row.get("channel"))) for row in rows))
