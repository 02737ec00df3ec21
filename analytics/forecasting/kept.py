"""Forecasts as they are kept and read again: what pages show, without any of what they were fitted with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting.candidates import Kind
from analytics.forecasting.choice import Forecast, Model, Record
from analytics.forecasting.intervals import Calibration
from analytics.forecasting.series import Key, Trouble
from analytics.promo.terms import Cell, Floats

# `model_performance.metric`. Those with 'shown' and what follows are of the model in use alone.
MASE: Final = "mase"
WAPE: Final = "wape"
BIAS: Final = "bias"
SHOWN: Final = "shown_"
COVERAGE: Final = "coverage"
LANDING: Final = "landing_error"
# The models that promotions enter.
PROMOTED: Final = frozenset({Kind.PROPHET, Kind.MEAN})


@dataclass(frozen=True, slots=True)
class Basis:
    """What forecasts were fitted with. promotions: names of those that are planned in the days ahead; scenarios: which
    version of which scenario is among them; country: whose holidays, '' for none; changed_at: when the figures that
    were read had been changed last, None where that is not known. discounts: the first and last day whose past
    discounts sales tell, None where none are known. looked_at: as scenarios, of all that are planned: where no
    promotion of before tells what they do, they are looked at and not fitted with."""

    country: str = ""
    promotions: tuple[str, ...] = ()
    scenarios: Mapping[str, int] = field(default_factory=dict)
    changed_at: datetime | None = None
    discounts: tuple[date, date] | None = None
    looked_at: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """One series as it is kept. models: the records of all candidates, in the order of `Kind`; shown, inside, landings:
    as in `Forecast`; value, low, high: of the days from the day after `last` on. promoted: whether the model in use has
    learned from past promotions, and so counts with those that are planned."""

    key: Key
    kind: Kind
    trouble: Trouble | None
    first: date
    last: date
    models: Mapping[Kind, Record]
    origins: tuple[date, ...]
    shown: Record
    inside: float | None
    landings: Mapping[date, float]
    value: Floats
    low: Floats
    high: Floats
    calibration: Calibration
    promoted: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """The days that are forecast."""
        return tuple(self.last + timedelta(days=n + 1) for n in range(len(self.value)))


class Counted(StrEnum):
    """How far a scenario that was approved before the forecasts were made is in them."""

    WHOLLY = "wholly"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class World:
    """All series of a world of sales. made_at: when they were computed, UTC."""

    series: Mapping[Key, Kept]
    basis: Basis
    made_at: datetime

    @property
    def last(self) -> date:
        """The last day with figures that they rest on."""
        return max(one.last for one in self.series.values())

    @property
    def until(self) -> date:
        """The last day that is forecast."""
        return max(one.last + timedelta(days=len(one.value)) for one in self.series.values())

    def behind(self, changed: datetime | None) -> bool:
        """Whether figures were changed after those that these forecasts rest on had been read: fits take minutes, and
        figures that came meanwhile are in none of them."""
        return changed is not None and changed > (self.basis.changed_at or self.made_at)

    def counted(self, metric: str, scenario_id: str, cells: Collection[Cell]) -> Counted:
        """How far a scenario of some departments and channels is in a figure's forecasts. Parts are made to add up, so
        that each of its series moves the total: the one of the total, and all that hold one of the cells."""
        if scenario_id not in self.basis.scenarios:
            return Counted.NOT
        knowing = {
            kept.promoted
            for key, kept in self.series.items()
            if key.metric == metric
            and any(
                key.channel in ("", cell.channel or key.channel)
                and key.department in ("", cell.department or key.department)
                for cell in cells
            )
        }
        if knowing == {True}:
            return Counted.WHOLLY
        return Counted.PARTLY if True in knowing else Counted.NOT

    @property
    def metrics(self) -> tuple[str, ...]:
        """The figures that are forecast, in their order."""
        return tuple(dict.fromkeys(key.metric for key in self.series))


def stored(forecast: Forecast, model: Model, basis: Basis) -> dict[str, Any]:
    """`forecast_models.parameters` of one model; only that of the model in use says how sure it is."""
    found: dict[str, Any] = {
        "trained_from": forecast.first.isoformat(),
        "trained_to": forecast.last.isoformat(),
        "trouble": forecast.trouble.value if forecast.trouble else None,
        "country": basis.country,
        "promotions": list(basis.promotions),
        "scenarios": dict(basis.scenarios),
        "looked_at": dict(basis.looked_at),
        "changed_at": basis.changed_at.isoformat() if basis.changed_at else None,
        "discounts": [day.isoformat() for day in basis.discounts] if basis.discounts else None,
    }
    if model.active:
        found["promoted"] = forecast.promoted and model.kind in PROMOTED
        found["size"] = _short(forecast.calibration.size)
        found["day_factors"] = [_short(value) for value in forecast.calibration.days]
        found["sum_factors"] = [_short(float(value)) for value in forecast.calibration.sums]
    return found


def performance(forecast: Forecast, model: Model) -> list[tuple[date, str, float]]:
    """Rows of `model_performance` of one model: the day, the measure, its value. By origin on the last day before it,
    over all of them on the last day that the model has seen."""
    found: list[tuple[date, str, float]] = []
    for day, record in [*model.by_origin.items(), (forecast.last, model.record)]:
        found += _rows(day, record, "")
    if model.active:
        found += _rows(forecast.last, forecast.shown, SHOWN)
        if forecast.inside is not None:
            found.append((forecast.last, COVERAGE, forecast.inside))
        found += [(day, LANDING, error) for day, error in forecast.landings.items()]
    return found


def _rows(day: date, record: Record, before: str) -> list[tuple[date, str, float]]:
    told = ((MASE, record.mase), (WAPE, record.wape), (BIAS, record.bias))
    return [(day, before + name, value) for name, value in told if value is not None]


def basis_from(parameters: Mapping[str, Any]) -> Basis:
    """What a model was fitted with."""
    changed, told = parameters.get("changed_at"), parameters.get("discounts")
    return Basis(
        parameters.get("country") or "",
        tuple(parameters.get("promotions") or ()),
        parameters.get("scenarios") or {},
        datetime.fromisoformat(changed) if changed else None,
        (date.fromisoformat(told[0]), date.fromisoformat(told[1])) if told else None,
        parameters.get("looked_at", parameters.get("scenarios") or {}),
    )


class Predicted(NamedTuple):
    """What is expected of some days (datetime64[D], in order), with its 80 % interval."""

    days: NDArray[np.datetime64]
    value: Floats
    low: Floats
    high: Floats


def kept_from(
    key: Key,
    kind: Kind,
    parameters: Mapping[str, Any],
    records: Mapping[Kind, Mapping[tuple[date, str], float]],
    told: Predicted,
) -> Kept:
    """A series from its rows. records: by model its measures by day."""
    last = date.fromisoformat(parameters["trained_to"])
    own = records.get(kind, {})
    trouble = parameters.get("trouble")
    # What was expected of days that have come since stays in the table.
    past = int(np.searchsorted(told.days, np.datetime64(last), "right"))

    def record(measures: Mapping[tuple[date, str], float], before: str = "") -> Record:
        return Record(*(measures.get((last, before + name)) for name in (MASE, WAPE, BIAS)))

    return Kept(
        key=key,
        kind=kind,
        trouble=Trouble(trouble) if trouble else None,
        first=date.fromisoformat(parameters["trained_from"]),
        last=last,
        models={one: record(records[one]) for one in Kind if one in records},
        origins=tuple(sorted(day for day, name in own if name == MASE and day != last)),
        shown=record(own, SHOWN),
        inside=own.get((last, COVERAGE)),
        landings={day: value for (day, name), value in sorted(own.items()) if name == LANDING},
        value=told.value[past:],
        low=told.low[past:],
        high=told.high[past:],
        calibration=Calibration(
            parameters["size"], tuple(parameters["day_factors"]), np.array(parameters["sum_factors"], float)
        ),
        promoted=bool(parameters.get("promoted", kind in PROMOTED)),
    )


def _short(value: float) -> float:
    return float(f"{value:.6g}")
