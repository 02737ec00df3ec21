"""Models of uplift: which there are, and all that is known by one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from analytics.baseline import SalesRow
from analytics.promo.model import Model, model_from
from analytics.promo.terms import Cell
from data_access.account_days import holidays_of
from data_access.queries.promo_sales import Days, sales_rows
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the list: what it was learned from, by whom, and since when it is or was active. method: the number of
    the method that learned it; looked_at: the moment of the newest change that was found to give this model again, None
    where none was."""

    version: str
    state: str
    source: str
    sales_from: date
    sales_to: date
    created_by: str
    created_at: datetime
    activated_at: datetime | None
    method: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BandRow:
    """One row of `uplift_coefficients`: per cent, confidence from 0 to 1, sample_size promo days."""

    cell: Cell
    band: str
    uplift_sales_pct: Decimal
    uplift_units_pct: Decimal
    margin_impact_pct: Decimal | None
    confidence: Decimal
    sample_size: int


@dataclass(frozen=True, slots=True)
class Known:
    """A model with its coefficients by band, as they are kept."""

    row: ModelRow
    model: Model
    bands: Sequence[BandRow]


@repeatable
def models(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[ModelRow]:
    """All models, the newest first. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return tuple(_row(row) for row in session.rows("read/promo/models"))


@repeatable
def known(stores: Stores, scope: Scope, asked: str | None = None) -> Known | None:
    """What is known by the active model, or by that of a version; None where there is none.

    Raises NotPermitted, StoreError.
    """
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/model", model=asked)
        if row is None:
            return None
        responses = session.rows("read/promo/responses", model=row["model_version"])
        bands = session.rows("read/promo/bands", model=row["model_version"])
    kept = {Cell(one["department"], one["channel"]): json.loads(one["response"]) for one in responses}
    model = model_from(row | {"details": json.loads(row["details"])}, kept)
    return Known(_row(row), model, tuple(_band(one) for one in bands))


@repeatable
def learning_rows(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[SalesRow]:
    """All sales, that a model is learned from. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return sales_rows(session, Days(date.min, date.max))


@repeatable
def country_of_stores(stores: Stores) -> str:
    """The country that all connected stores share, '' where there is none. Raises StoreError."""
    with stores.operational.read() as session:
        found = [row["country"] for row in session.rows("uplift/countries")]
    return found[0] if len(found) == 1 else ""


def holidays_between(country: str, start: date, end: date) -> frozenset[date]:
    """The public holidays of a country ('' for none) in the years of two days; none of a country that is not known."""
    return holidays_of(country, range(start.year, end.year + 1))


def _row(row: Mapping[str, Any]) -> ModelRow:
    told = row["details"] if isinstance(row["details"], Mapping) else json.loads(row["details"])
    looked = told.get("looked_at")
    return ModelRow(
        row["model_version"], row["state"], row["source"], row["sales_from"], row["sales_to"], row["created_by"],
        row["created_at"], row["activated_at"], told.get("method", 0),
        None if looked is None else datetime.fromisoformat(looked),
    )  # fmt: skip


def _band(row: Mapping[str, Any]) -> BandRow:
    return BandRow(
        Cell(row["department"], row["channel"]), row["discount_band"], row["uplift_sales_pct"], row["uplift_units_pct"],
        row["margin_impact_pct"], row["confidence"], int(row["sample_size"]),
    )  # fmt: skip
