"""Models of uplift, as they are kept and put in force: one transaction each, at most one active."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import pyarrow as pa

from analytics.audit import Action
from analytics.promo.model import Model, details, stored
from analytics.promo.uplift import Band
from data_access.engines.base import Session
from data_access.queries.promo_state import UPLIFT
from data_access.scope import Right, Scope
from data_access.scoped import promo_load
from data_access.stores import Stores
from data_access.writes.audit import note

HISTORY: Final = "history"
_WIDE: Final = pa.decimal128(18, 2)


@dataclass(frozen=True, slots=True)
class Kept:
    """A model after it was kept. fresh: False where the same one was there; changed: whether it came into force."""

    version: str
    state: str
    fresh: bool
    changed: bool


class UnknownModel(Exception):
    """There is no model of that version."""


class ModelChanged(Exception):
    """Another model came into force after two were compared."""


def keep_model(
    stores: Stores,
    scope: Scope,
    model: Model,
    state: Literal["active", "proposed"] = "active",
    source: str = HISTORY,
) -> Kept:
    """Keeps a model; an active one takes the place of the one that was in force. source: what it was learned from.

    The same model again changes nothing, but that a proposed or retired one comes into force where it is to be active.
    Raises NotPermitted, StoreError.
    """
    with promo_load(stores.operational, scope) as session:
        held = session.one("uplift/held", model=model.version)
        if held is not None:
            return _again(session, scope, model.version, held["state"], propose=state == "proposed")
        standing = _standing(session)
        if state == "active":
            session.execute("uplift/retire")
        session.execute(
            "uplift/put",
            model=model.version, state=state, source=source, sales_from=model.first, sales_to=model.last,
            fingerprint=model.fingerprint, details=json.dumps(details(model)), person=scope.person,
        )  # fmt: skip
        session.stage("learned_responses", _responses(model))
        session.stage("learned_bands", _bands(model.bands))
        session.execute("uplift/rows_put", model=model.version)
        _told(session, scope, model.version, Action(f"uplift.{state}"), standing)
    return Kept(model.version, state, fresh=True, changed=state == "active")


def note_look(stores: Stores, scope: Scope, version: str, changed: datetime) -> None:
    """Notes that sales and settings as they were changed at that moment give this model again. Raises NotPermitted,
    StoreError."""
    with promo_load(stores.operational, scope) as session:
        row = session.one("uplift/details", model=version)
        if row is not None:
            told = json.loads(row["details"]) | {"looked_at": changed.isoformat()}
            session.execute("uplift/details_put", model=version, details=json.dumps(told))


def put_in_force(stores: Stores, scope: Scope, version: str, *, propose: bool = False) -> Kept:
    """Puts a kept model in force; propose: leaves it as it is where it is not. Raises NotPermitted, UnknownModel,
    StoreError."""
    with promo_load(stores.operational, scope) as session:
        held = session.one("uplift/held", model=version)
        if held is None:
            raise UnknownModel(f"There is no model '{version}'. promolens uplift learns one.")
        return _again(session, scope, version, held["state"], propose=propose)


def choose_model(stores: Stores, scope: Scope, version: str, *, seen: str) -> Kept:
    """Puts a kept model in force by a person's choice: a proposed one, or one that was in force before.

    seen: the version that was in force when the two were compared. Choosing the one in force changes nothing. Raises
    NotPermitted, UnknownModel, ModelChanged where another one came into force in between, StoreError.
    """
    right = Right.PROMO_APPROVE if scope.allows(Right.PROMO_APPROVE) else Right.ADMIN
    with promo_load(stores.operational, scope, right) as session:
        held = session.one("uplift/held", model=version)
        if held is None:
            raise UnknownModel(f"There is no model '{version}'.")
        if held["state"] != "active":
            standing = session.one("uplift/active")
            if (standing["model_version"] if standing else "") != seen:
                raise ModelChanged("Another model has come into force since you compared these: compare again.")
        return _again(session, scope, version, held["state"], propose=False)


def _again(session: Session, scope: Scope, version: str, state: str, *, propose: bool) -> Kept:
    if propose or state == "active":
        return Kept(version, state, fresh=False, changed=False)
    _put_in_force(session, scope, version)
    return Kept(version, "active", fresh=False, changed=True)


def _put_in_force(session: Session, scope: Scope, version: str) -> None:
    standing = _standing(session)
    session.execute("uplift/retire")
    session.execute("uplift/activate", model=version)
    _told(session, scope, version, Action.UPLIFT_ACTIVE, standing)


def _standing(session: Session) -> str | None:
    """The model in force."""
    row = session.one("uplift/active")
    return None if row is None else str(row["model_version"])


def _told(session: Session, scope: Scope, version: str, action: Action, standing: str | None) -> None:
    session.execute("scenarios/publish", dataset=UPLIFT)
    if action is Action.UPLIFT_ACTIVE:
        before, after = {"in_force": standing}, {"in_force": version}
        note(session, scope.person, action, version, before=before, after=after)
    else:
        note(session, scope.person, action, version, after={"state": "proposed"})


def _responses(model: Model) -> pa.Table:
    cells = sorted(model.curves)
    return pa.table(
        {
            "department": pa.array([cell.department for cell in cells], pa.string()),
            "channel": pa.array([cell.channel for cell in cells], pa.string()),
            "response": pa.array([json.dumps(stored(model, cell)) for cell in cells], pa.string()),
        }
    )


def _bands(bands: Sequence[Band]) -> pa.Table:
    def percent(values: Sequence[float | None]) -> pa.Array:
        told = [None if value is None else Decimal(f"{value * 100:.2f}") for value in values]
        return pa.array(told, _WIDE)

    return pa.table(
        {
            "department": pa.array([band.cell.department for band in bands], pa.string()),
            "channel": pa.array([band.cell.channel for band in bands], pa.string()),
            "discount_band": pa.array([band.band for band in bands], pa.string()),
            "uplift_sales_pct": percent([band.uplift_sales for band in bands]),
            "uplift_units_pct": percent([band.uplift_units for band in bands]),
            "margin_impact_pct": percent([band.margin_impact for band in bands]),
            "confidence": pa.array([Decimal(f"{band.confidence:.2f}") for band in bands], pa.decimal128(3, 2)),
            "sample_size": pa.array([band.promo_days for band in bands], pa.int32()),
        }
    )
