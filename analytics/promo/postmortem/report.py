"""A promotion's post-mortem: all that can be told of it, and what cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np

from analytics.promo.history import Series, aligned, series_of
from analytics.promo.postmortem import after
from analytics.promo.postmortem.against import Against, against, by_cell, by_day, figures, grouped, whole
from analytics.promo.postmortem.case import Case, Sold, sold
from analytics.promo.postmortem.counterfactual import Asked, Expected, expected
from analytics.promo.postmortem.doubts import Doubt, doubts
from analytics.promo.postmortem.effect import Effect, effect, together, valued, variance_of
from analytics.promo.postmortem.errors import Side, decomposed
from analytics.promo.postmortem.kept import Figures
from analytics.promo.terms import Cell, Floats
from analytics.promo.uplift import related
from analytics.promo.usual import parts_of

# Raised whenever the same sales would give another report.
METHOD: Final = 5


class NothingToJudge(ValueError):
    """There are no sales of the promotion's departments and channels in its days; says what to do."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found. report: {method, length, judged_days, sales_until, cells, totals, by_department, by_channel,
    by_day, effect, placebo, dip, signals, returns, errors, doubts, left_out}, as JSON holds it."""

    figures: Figures
    report: dict[str, Any]


def analysed(case: Case) -> Analysis:
    """A promotion whose days are loaded at least in part.

    report.cells: by department and channel {department, channel, promoted, discount_pct (planned), seen_discount_pct,
    days (judged), units, …, expected_units, uplift_pct, uplift_error_pct (standard error, in points), modelled,
    forecast_uplift_pct, sensitivity}. Both uplifts are of all that was sold of the cell, with what the promotion's
    other cells did to it, in the days that are judged. Raises NothingToJudge.
    """
    cells = _cells(case)
    days = after.horizon(case)
    found = sold(case, cells, days)
    if case.last is None or case.last < case.start:
        raise NothingToJudge("No sales of its days are loaded yet. Load the workbook that holds them.")
    history = aligned(series_of(case.rows))
    affected = tuple(
        cell
        for cell in cells
        if cell not in case.promoted and any(related(source, cell, case.groups) for source in case.promoted)
    )
    quiet = tuple(cell for cell in affected if not found.promoted[found.row(cell), : case.length].any())
    sellers = {Cell(row.department, row.channel) for row in case.rows}
    controls = frozenset(
        cell
        for cell in sellers
        if cell not in case.promoted
        and cell not in affected
        and not found.promoted[found.row(cell), : case.length].any()
        and found.judged[found.row(cell), : case.length].any()
    )
    asked = Asked(
        case.start, case.length, days, controls, case.holidays,
        {cell.department: case.window(cell.department) for cell in cells},
    )  # fmt: skip
    told = expected(history, [*case.promoted, *quiet], asked)
    prices = {cell: _price(case, history, cell) for cell in told}
    compared = against(case, found)
    own = [told[cell] for cell in case.promoted if cell in told]
    correlation = together(list(told.values()))
    effects = _effects(case, found, own, prices, correlation)
    dip = after.dips(case, found, told)
    crosses = after.signals(case, found, told, quiet, prices)
    report: dict[str, Any] = {
        "method": METHOD,
        "length": case.length,
        "judged_days": int(_own_days(case, found).any(axis=0).sum()),
        "sales_until": (case.loaded_until or case.last).isoformat(),
        "controls": len(controls),
        "cells": _cell_rows(case, found, told, compared),
        "totals": whole(compared),
        "by_department": grouped(compared, "department", lambda cell: cell.department),
        "by_channel": grouped(compared, "channel", lambda cell: cell.channel),
        "by_day": _days(case, found, own, compared, effects, correlation),
        "effect": {name: _effect_row(one) for name, one in effects.items()},
        "placebo": _placebo_row(effects.get("units")),
        "dip": dip,
        "signals": crosses,
        "returns": after.returns(case, found, told, prices, dip, crosses) if own else None,
        "errors": _errors(case, found, told, compared),
        "left_out": [mark.stored() for mark in case.marks],
    }
    seen = doubts(case, found, told, effects.get("units"), affected, quiet, controls=len(controls))
    report["doubts"] = [{"kind": one.kind.value, **one.figures} for one in seen]
    return Analysis(figures(compared), report)


def doubts_of(report: Mapping[str, Any]) -> list[Doubt]:
    """What a kept report says that cannot be concluded."""
    return [Doubt.stored(one) for one in report.get("doubts") or []]


def _cells(case: Case) -> tuple[Cell, ...]:
    """Those that sell, were promised something, or offered something."""
    found = {Cell(row.department, row.channel) for row in case.rows} | set(case.promoted)
    if case.frozen is not None:
        found |= {Cell(one["department"], one["channel"]) for one in case.frozen["cells"]}
    return tuple(sorted(found))


def _price(case: Case, history: Sequence[Series], cell: Cell) -> Floats:
    """(price, margin) a piece without promotion, of the 90 days before."""
    series = next(one for one in history if one.cell == cell)
    size = (case.start - series.first).days
    before = np.flatnonzero(series.known[:size])
    first = int(before[0])
    cut = Series(
        cell, series.first + timedelta(days=first), series.units[first:size], series.sales[first:size],
        series.margin[first:size], series.promoted[first:size], series.depth[first:size], series.share[first:size],
    )  # fmt: skip
    price = parts_of(cut, None, case.holidays, lambda _: 0.0).price_on(case.start)
    return np.array([price.price, price.margin])


def _own_days(case: Case, found: Sold) -> Any:
    """Promoted cells × days of the promotion that are judged."""
    return found.judged[[found.row(cell) for cell in case.promoted], : case.length]


def _effects(
    case: Case, found: Sold, own: Sequence[Expected], prices: Mapping[Cell, Floats], correlation: float
) -> dict[str, Effect]:
    """Of the promoted cells together, in units, sales, margin and EBIT."""
    if not own:
        return {}
    days = [_judged(case, found, one) for one in own]
    if not any(held.any() for held in days):
        return {}
    rows = [found.row(one.cell) for one in own]
    each = {"units": [1.0] * len(own), "sales_value": [float(prices[one.cell][0]) for one in own]}
    each["margin_value"] = [float(prices[one.cell][1]) for one in own]
    rates = [case.cost_rate(one.cell.channel) for one in own]
    each["ebit"] = [
        margin - rate * price
        for margin, rate, price in zip(each["margin_value"], rates, each["sales_value"], strict=True)
    ]
    found_in = {"units": found.units, "sales_value": found.sales, "margin_value": found.margin}
    effects = {}
    for name, worth in each.items():
        if name == "ebit":
            sums = []
            for one, row, held, rate in zip(own, rows, days, rates, strict=True):
                offer = case.promoted[one.cell]
                cost = (offer.fixed_cost - offer.funding) * float(held.sum()) / case.length
                sums.append(_sum(found.margin, row, held) - rate * _sum(found.sales, row, held) - cost)
        else:
            sums = [_sum(found_in[name], row, held) for row, held in zip(rows, days, strict=True)]
        inmoney = [valued(one, worth_of) for one, worth_of in zip(own, worth, strict=True)]
        effects[name] = effect(inmoney, sums, days, correlation, case.length)
    return effects


def _sum(array: Floats, row: int, held: Any) -> float:
    return float(array[row, : len(held)][held].sum())


def _judged(case: Case, found: Sold, one: Expected) -> Any:
    held = found.judged[found.row(one.cell), : len(one.units)].copy()
    held[case.length :] = False
    return held


def _cell_rows(case: Case, found: Sold, told: Mapping[Cell, Expected], of: Against) -> list[dict[str, Any]]:
    rows = []
    for base in by_cell(of):
        cell = Cell(base["department"], base["channel"])
        offer, one = case.promoted.get(cell), told.get(cell)
        held = found.judged[found.row(cell), : case.length]
        row = base | {"promoted": offer is not None, "days": int(held.sum())}
        row["discount_pct"] = None if offer is None or offer.discount is None else round(offer.discount * 100, 4)
        row["sensitivity"] = 1.0 if offer is None else offer.sensitivity
        row["seen_discount_pct"] = _seen_discount(case, found, cell)
        row["forecast_uplift_pct"] = None if offer is None else _promised_uplift(of, cell)
        row |= {"expected_units": None, "uplift_pct": None, "uplift_error_pct": None, "modelled": None}
        if one is not None and held.any():
            seen = effect([one], [base["units"]], [_judged(case, found, one)], 0.0, case.length)
            row["expected_units"], row["modelled"] = round(seen.expected, 2), one.modelled
            if seen.expected > 0:
                row["uplift_pct"] = round(seen.units / seen.expected * 100, 4)
                row["uplift_error_pct"] = round(seen.error / seen.expected * 100, 4)
        rows.append(row)
    return rows


def _promised_uplift(of: Against, cell: Cell) -> float | None:
    """Forecast units over the forecast's own baseline, in per cent; None where it promised nothing of the cell."""
    if of.forecast is None or of.before is None:
        return None
    row = of.cells.index(cell)
    before = int(of.before["units"][row].sum())
    return round((int(of.forecast["units"][row].sum()) / before - 1) * 100, 4) if before > 0 else None


def _seen_discount(case: Case, found: Sold, cell: Cell) -> float | None:
    """The discount that sales tell, in per cent of all that the cell would have cost at the regular price: of the same
    days as its uplift, on promotion or not."""
    row = found.row(cell)
    held = found.judged[row, : case.length]
    if not (held & found.promoted[row, : case.length]).any() or found.blind[row, : case.length][held].sum() > 0:
        return None
    given, sales = float(found.given[row, : case.length][held].sum()), _sum(found.sales, row, held)
    return round(given / (given + sales) * 100, 4) if given + sales > 0 else None


def _days(
    case: Case, found: Sold, own: Sequence[Expected], of: Against, effects: Mapping[str, Effect], correlation: float
) -> list[dict[str, Any]]:
    """By day of the promotion and after it: promoted cells' units, and what they would have been with its interval; of
    the promotion's days all figures beside the forecast."""
    rows: list[dict[str, Any]] = by_day(of, case.days)
    rows += [{"date": day.isoformat()} for day in found.days[case.length :]]
    scale = effects["units"].placebo.scale if "units" in effects else 1.0
    promised = of.forecast
    for n, row in enumerate(rows):
        held = [one for one in own if found.judged[found.row(one.cell), n]]
        row["promoted_units"] = row["expected_units"] = row["low"] = row["high"] = row["promoted_forecast"] = None
        if not held:
            continue
        row["promoted_units"] = round(sum(float(found.units[found.row(one.cell), n]) for one in held))
        told = sum(float(one.units[n]) for one in held)
        reach = (
            1.6448536269514722
            * scale
            * float(np.sqrt(variance_of(np.array([float(one.covariance[n, n]) for one in held]), correlation)))
        )
        row["expected_units"] = round(told, 2)
        row["low"], row["high"] = round(max(told - reach, 0.0), 2), round(told + reach, 2)
        if promised is not None and n < case.length:
            row["promoted_forecast"] = int(sum(promised["units"][of.cells.index(one.cell), n] for one in held))
    return rows


def _effect_row(one: Effect) -> dict[str, Any]:
    return {
        "value": round(one.units, 2), "expected": round(one.expected, 2), "error": round(one.error, 4),
        "low": round(one.low, 2), "high": round(one.high, 2), "p": None if one.p is None else round(one.p, 6),
        "sure": one.sure,
    }  # fmt: skip


def _placebo_row(one: Effect | None) -> dict[str, Any] | None:
    if one is None:
        return None
    found = one.placebo
    return {
        "windows": found.windows, "independent": found.independent, "scale": round(found.scale, 4),
        "false_share": found.false_share, "as_large": found.as_large, "enough": found.enough,
    }  # fmt: skip


def _errors(
    case: Case, found: Sold, told: Mapping[Cell, Expected], of: Against
) -> dict[str, dict[str, float]] | None:  # fmt: skip
    """Where the forecast's error came from; None without a forecast."""
    if of.forecast is None or of.before is None:
        return None
    baseline = 0.0
    for row, cell in enumerate(of.cells):
        if cell in told:
            baseline += told[cell].sum_of(_judged(case, found, told[cell]))[0]
        elif cell in case.promoted:
            baseline += float(of.before["units"][row].sum())
        else:
            # Nothing touched it: what it sold is what it sells.
            baseline += float(of.actual["units"][row].sum())
    sides = []
    for arrays, level in ((of.forecast, float(of.before["units"].sum())), (of.actual, baseline)):
        sums = {name: held.sum(axis=1) for name, held in arrays.items()}
        sides.append(
            Side(
                sums["units"].astype(float), sums["sales_value"] / 100, sums["margin_value"] / 100, level,
                {name: int(held.sum()) for name, held in arrays.items()},
            )
        )  # fmt: skip
    rates = np.array([case.cost_rate(cell.channel) for cell in of.cells])
    held = found.judged[:, : case.length].sum(axis=1) / case.length
    net = sum(
        (offer.fixed_cost - offer.funding) * float(held[found.row(cell)]) for cell, offer in case.promoted.items()
    )
    return decomposed(sides[0], sides[1], rates, net)
