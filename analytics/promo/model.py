"""A model of uplift as it is learned from the company's sales, kept, and read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

import numpy as np

from analytics.baseline import SalesRow
from analytics.promo import usual
from analytics.promo.history import Series, aligned, series_of
from analytics.promo.terms import Cell, CrossEffect, Curve, Knowledge, PullForward
from analytics.promo.uplift import Band, bands_of, learn
from analytics.promo.usual import LEAST_DAYS, Parts, parts_of

# Raised whenever the same sales would give another model.
METHOD: Final = 7
# Fewer promo days than these say next to nothing by themselves.
FEW_PROMO_DAYS: Final = 6
_SAID: Final = 6


class Why(StrEnum):
    """Why something rests on little, or on nothing of its own."""

    NEVER_PROMOTED = "never_promoted"
    NO_DEPTH = "no_depth"
    FEW_PROMO_DAYS = "few_promo_days"
    SHORT = "short"
    NO_SALES = "no_sales"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What could not be estimated of a cell by itself. days: with sales; promo_days: with a known depth."""

    cell: Cell
    why: Why
    days: int
    promo_days: int


@dataclass(frozen=True, slots=True)
class Observed:
    """A promo day as it was: discount (fraction) and uplift of units against the baseline (fraction)."""

    day: date
    discount: float
    uplift: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned. first, last: days of the sales; fingerprint: of all that it rests on; country: whose
    holidays it knows of; unknown_depth: uplift (fraction) of promo days without a depth; taught: ids of the
    promotions whose post-mortems it has learned from besides; taught_days: (cell, first, last day) of these."""

    version: str
    fingerprint: str
    first: date
    last: date
    curves: Mapping[Cell, Curve]
    parts: Mapping[Cell, Parts]
    pull_forward: Mapping[Cell, PullForward]
    crosses: tuple[CrossEffect, ...]
    bands: tuple[Band, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    doubts: tuple[Doubt, ...] = ()
    unknown_depth: Mapping[Cell, float] = field(default_factory=dict)
    observed: Mapping[Cell, tuple[Observed, ...]] = field(default_factory=dict)
    taught: tuple[str, ...] = ()
    taught_days: tuple[tuple[Cell, date, date], ...] = ()

    def knowledge(self, variable_cost: Mapping[str, float], usual_variable_cost: float) -> Knowledge:
        """What simulations rest on, with the planners' cost rates."""
        return Knowledge(
            dict(self.curves), self.crosses, dict(self.pull_forward), dict(variable_cost), usual_variable_cost
        )


class NotLearnable(ValueError):
    """Nothing can be learned from these sales; says why and what to do."""


def fingerprint(
    rows: Sequence[SalesRow],
    groups: Mapping[str, str],
    holidays: frozenset[date],
    windows: Mapping[str, int] | None = None,
) -> str:
    """SHA-256 of all that a model rests on."""
    told = hashlib.sha256()
    for row in sorted(rows, key=lambda one: (one.department, one.channel, one.date, bool(one.promo_flag))):
        told.update(
            f"{row.department}\x1f{row.channel}\x1f{row.date}\x1f{bool(row.promo_flag)}\x1f{_plain(row.discount_pct)}"
            f"\x1f{_plain(row.sales_value)}\x1f{_plain(row.margin_value)}\x1f{row.units}\n".encode()
        )
    first, last = min(row.date for row in rows), max(row.date for row in rows)
    named = sorted((windows or {}).items())
    beside = [METHOD, sorted(groups.items()), sorted(str(day) for day in holidays if first <= day <= last), named]
    told.update(json.dumps(beside).encode())
    return told.hexdigest()


def version_of(last: date, mark: str) -> str:
    """The version of a model: the last day of its sales, and the beginning of its fingerprint."""
    return f"{last:%Y-%m-%d}-{mark[:8]}"


def _plain(value: Any) -> str:
    return "" if value is None else f"{value:.2f}"


def estimated(
    rows: Iterable[SalesRow],
    groups: Mapping[str, str] | None = None,
    holidays: frozenset[date] = frozenset(),
    told: Callable[[float], None] = lambda _: None,
    country: str = "",
    windows: Mapping[str, int] | None = None,
) -> Model:
    """A model from the rows of `sales_aggregated`; country: whose holidays they are; windows: days after a
    promotion by department (see `learn`); told: is handed how much is done, from 0 to 1.

    A cell with fewer than 8 weeks of sales lends nothing to the others and gets its curve from them. Raises
    NotLearnable.
    """
    held = list(rows)
    if not held:
        raise NotLearnable(
            "There are no sales yet. Load workbooks first, on the page Workbooks or with promolens ingest."
        )
    groups = dict(groups or {})
    history = aligned(series_of(held))
    sold = [series for series in history if np.nansum(series.units) > 0]
    if not any(series.promo_days for series in sold):
        raise NotLearnable(
            "The sales hold no day on promotion with a known discount, so that no uplift can be learned. Load sales"
            " with their discounts (column discount_pct)."
        )
    told(0.1)
    learned = learn([_heard(series) for series in sold], groups, holidays, windows)
    told(0.8)
    own = {series.cell: series for series in sold}
    curves = {cell: _own_reach(own[cell], curve) for cell, curve in learned.curves.items()}
    parts = {
        cell: parts_of(series, learned.responses.get(cell), holidays, curves[cell].at) for cell, series in own.items()
    }
    bands: list[Band] = []
    for cell, series in own.items():
        price = parts[cell].prices[-1]
        bands += bands_of(series, curves[cell], price.margin / price.price if price.price > 0 else 0.0)
    first, last = history[0].first, max(row.date for row in held)
    mark = fingerprint(held, groups, holidays, windows)
    told(1.0)
    return Model(
        version=version_of(last, mark),
        fingerprint=mark,
        first=first,
        last=last,
        curves=curves,
        parts=parts,
        pull_forward=learned.pull_forward,
        crosses=learned.crosses,
        bands=tuple(bands),
        groups=groups,
        country=country,
        doubts=tuple(_doubts(history)),
        unknown_depth=learned.unknown_depth,
        observed={cell: _observed(series, parts[cell], holidays) for cell, series in own.items()},
    )


def _short(series: Series) -> bool:
    return int(series.known.sum()) < LEAST_DAYS


def _heard(series: Series) -> Series:
    """A series too short for a model of its own says nothing of promotions."""
    if not _short(series):
        return series
    return replace(series, promoted=np.zeros_like(series.promoted), depth=np.zeros_like(series.depth))


def _own_reach(series: Series, curve: Curve) -> Curve:
    depth = np.nan_to_num(series.depth)[series.promoted]
    return replace(curve, deepest=float(np.max(depth, initial=0.0)), promo_days=series.promo_days)


def _doubts(history: Sequence[Series]) -> Iterable[Doubt]:
    for series in history:
        days, promo_days = int(series.known.sum()), series.promo_days
        why = None
        if np.nansum(series.units) <= 0:
            why = Why.NO_SALES
        elif _short(series):
            why = Why.SHORT
        elif not series.promoted.any():
            why = Why.NEVER_PROMOTED
        elif not promo_days:
            why = Why.NO_DEPTH
        elif promo_days < FEW_PROMO_DAYS:
            why = Why.FEW_PROMO_DAYS
        if why is not None:
            yield Doubt(series.cell, why, days, promo_days)


def _observed(series: Series, parts: Parts, holidays: frozenset[date]) -> tuple[Observed, ...]:
    days = series.days
    found = usual.baseline({series.cell: parts}, days[0], days[-1], holidays=holidays).units[0]
    wanted = np.flatnonzero(series.promoted & series.known & (np.nan_to_num(series.depth) > 0) & (found > 0))
    return tuple(
        Observed(days[place], float(series.depth[place]), float(series.units[place] / found[place] - 1))
        for place in wanted
    )


def stored(model: Model, cell: Cell) -> dict[str, Any]:
    """What of a cell stands in `uplift_responses.response`."""
    curve, pulled = model.curves[cell], model.pull_forward.get(cell)
    return usual.stored(model.parts[cell]) | {
        "curve": {
            "knots": _list(curve.knots),
            "uplift": _list(curve.uplift),
            "error": _list(curve.error),
            "deepest": _said(curve.deepest),
            "promo_days": curve.promo_days,
        },
        "pull_forward": None if pulled is None else [_said(pulled.share), _said(pulled.error), pulled.window_days],
        "unknown_depth": None if cell not in model.unknown_depth else _said(model.unknown_depth[cell]),
        "observed": [
            [one.day.isoformat(), _said(one.discount), _said(one.uplift)] for one in model.observed.get(cell, ())
        ],
    }  # fmt: skip


def details(model: Model) -> dict[str, Any]:
    """What stands in `uplift_models.details`: {method, groups, country, crosses: [[department, channel, department,
    channel, effect, error]], doubts: [{department, channel, why, days, promo_days}], taught: [id], taught_days:
    [[department, channel, first, last]]}."""
    return {
        "method": METHOD,
        "groups": dict(model.groups),
        "country": model.country,
        "crosses": [[*one.source, *one.affected, _said(one.effect), _said(one.error)] for one in model.crosses],
        "doubts": [
            {"department": one.cell.department, "channel": one.cell.channel, "why": one.why.value, "days": one.days,
             "promo_days": one.promo_days}
            for one in model.doubts
        ],
        "taught": list(model.taught),
        "taught_days": [[*cell, f"{first}", f"{last}"] for cell, first, last in model.taught_days],
    }  # fmt: skip


def model_from(row: Mapping[str, Any], kept: Mapping[Cell, Mapping[str, Any]], bands: Sequence[Band] = ()) -> Model:
    """A kept model. row: of `uplift_models`, its details read; kept: the responses by cell."""
    told = row["details"]
    pulled = {cell: PullForward(*one["pull_forward"]) for cell, one in kept.items() if one["pull_forward"]}
    return Model(
        version=row["model_version"],
        fingerprint=row["fingerprint"],
        first=row["sales_from"],
        last=row["sales_to"],
        curves={
            cell: Curve(
                np.array(one["curve"]["knots"], float), np.array(one["curve"]["uplift"], float),
                np.array(one["curve"]["error"], float), one["curve"]["deepest"], one["curve"]["promo_days"],
            )
            for cell, one in kept.items()
        },
        parts={cell: usual.parts_from(cell, one) for cell, one in kept.items()},
        pull_forward=pulled,
        crosses=tuple(
            CrossEffect(Cell(*one[:2]), Cell(*one[2:4]), float(one[4]), float(one[5])) for one in told["crosses"]
        ),
        bands=tuple(bands),
        groups=told["groups"],
        # Models of before holidays were learned name no country.
        country=told.get("country", ""),
        doubts=tuple(
            Doubt(Cell(one["department"], one["channel"]), Why(one["why"]), one["days"], one["promo_days"])
            for one in told["doubts"]
        ),
        unknown_depth={cell: one["unknown_depth"] for cell, one in kept.items() if one["unknown_depth"] is not None},
        observed={
            cell: tuple(Observed(date.fromisoformat(day), depth, lift) for day, depth, lift in one["observed"])
            for cell, one in kept.items()
        },
        taught=tuple(told.get("taught", ())),
        taught_days=tuple(
            (Cell(*one[:2]), date.fromisoformat(one[2]), date.fromisoformat(one[3]))
            for one in told.get("taught_days", ())
        ),
    )  # fmt: skip


def _said(value: float) -> float:
    return float(f"{value:.{_SAID}g}")


def _list(values: Any) -> list[float]:
    return [_said(float(value)) for value in values]
