"""What a promotion left behind: the dip of the days after it, what it took from others and gave them, and what it paid.

All against what would have been sold without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np

from analytics.promo.arithmetic import roi
from analytics.promo.history import Bools
from analytics.promo.postmortem.case import Case, Sold
from analytics.promo.postmortem.counterfactual import Expected
from analytics.promo.postmortem.effect import Effect, effect
from analytics.promo.shrinkage import shrunk_to
from analytics.promo.terms import Cell, Floats

_Z: Final = 1.6448536269514722
# How far effects on others lie from none, as a share of what they sell, before anything is seen.
_USUAL_CROSS: Final = 0.1


def dips(case: Case, found: Sold, expected: Mapping[Cell, Expected]) -> list[dict[str, Any]]:
    """`post_mortem_reports.post_promo_dip`: [{department, channel, window_days, days, baseline_units, actual_units,
    dip_pct, pull_forward_units, low, high}] of promoted cells.

    days: those that are judged; the cell's next promotion ends its window. low, high: of pull_forward_units.
    """
    rows = []
    for cell in case.promoted:
        one = expected.get(cell)
        days = _days_after(case, found, cell)
        if one is None or not days.any():
            continue
        held = days[: len(one.units)]
        sold = float(found.units[found.row(cell)][held].sum())
        seen = effect([one], [sold], [held], 0.0, case.length)
        rows.append(
            {
                "department": cell.department,
                "channel": cell.channel,
                "window_days": case.window(cell.department),
                "days": int(held.sum()),
                "baseline_units": round(seen.expected, 2),
                "actual_units": round(sold),
                "dip_pct": round(-seen.units / seen.expected * 100, 2) if seen.expected > 0 else None,
                "pull_forward_units": round(-seen.units, 2),
                "low": round(-seen.high, 2),
                "high": round(-seen.low, 2),
            }
        )
    return rows


def _days_after(case: Case, found: Sold, cell: Cell) -> Bools:
    """Days of the horizon after the promotion that count for its dip."""
    row = found.row(cell)
    held = np.zeros(len(found.days), bool)
    first = case.length
    until = min(first + case.window(cell.department), len(found.days))
    following = np.flatnonzero(found.promoted[row, first:until])
    if len(following):
        until = first + int(following[0])
    held[first:until] = found.judged[row, first:until]
    return held


def signals(
    case: Case, found: Sold, expected: Mapping[Cell, Expected], affected: Sequence[Cell], prices: Mapping[Cell, Floats]
) -> list[dict[str, Any]]:
    """`post_mortem_reports.cannibalization_signals`: [{department, channel, effect_units, effect_sales, effect_margin,
    low, high, kind}], shrunk toward none; low, high: of effect_units; kind: 'cannibalization' below 0, else 'halo'.

    affected: cells of the same declared group, or the other channel, that were not on promotion themselves. prices:
    (price, margin) a piece.
    """
    held: list[tuple[Cell, Effect]] = []
    for cell in affected:
        one = expected.get(cell)
        if one is None:
            continue
        days = found.judged[found.row(cell)][: len(one.units)].copy()
        days[case.length :] = False
        sold = float(found.units[found.row(cell)][: len(one.units)][days].sum())
        seen = effect([one], [sold], [days], 0.0, case.length)
        if days.any() and seen.expected > 0:
            held.append((cell, seen))
    told = np.array([seen.expected for _, seen in held])
    means, spread = shrunk_to(
        np.array([seen.units for _, seen in held]) / told if held else np.zeros(0),
        np.array([seen.error for _, seen in held]) / told if held else np.zeros(0),
        center=0.0, usual=_USUAL_CROSS,
    )  # fmt: skip
    rows = []
    for (cell, seen), mean, error in zip(held, means, spread, strict=True):
        units, reach = float(mean) * seen.expected, _Z * float(error) * seen.expected
        price, margin = prices[cell]
        rows.append(
            {
                "department": cell.department,
                "channel": cell.channel,
                "effect_units": round(units, 2),
                "effect_sales": round(units * float(price), 2),
                "effect_margin": round(units * float(margin), 2),
                "low": round(units - reach, 2),
                "high": round(units + reach, 2),
                "kind": "cannibalization" if units < 0 else "halo",
                "seen_units": round(seen.units, 2),
                "expected_units": round(seen.expected, 2),
            }
        )
    return rows


def returns(
    case: Case,
    found: Sold,
    expected: Mapping[Cell, Expected],
    prices: Mapping[Cell, Floats],
    dip: Sequence[Mapping[str, Any]],
    crosses: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """{gain, invested, discount_given, fixed_cost, funding, roi_pct, net_margin, price_cost_mix, own_margin,
    pulled_margin, cross_margin, planned_discount}: promo ROI as the definitions have it, of the days that are judged.

    gain − invested + price_cost_mix = net_margin, the margin on top of what would have been earned, less cost and what
    is missing after. planned_discount: True where sales do not tell the discount and the planned one stands in.
    """
    pulled = {(one["department"], one["channel"]): float(one["pull_forward_units"]) for one in dip}
    gain = own = given = fixed = funding = pulled_margin = 0.0
    planned = False
    for cell, offer in case.promoted.items():
        if cell not in expected:
            continue
        row, days = found.row(cell), found.judged[found.row(cell)].copy()
        days[case.length :] = False
        told, _ = expected[cell].sum_of(days[: len(expected[cell].units)])
        each = float(prices[cell][1])
        missing = pulled.get((cell.department, cell.channel), 0.0) * each
        gain += (float(found.units[row][days].sum()) - told) * each - missing
        pulled_margin += missing
        own += float(found.margin[row][days].sum()) - told * each
        part = float(days.sum()) / case.length
        fixed, funding = fixed + offer.fixed_cost * part, funding + offer.funding * part
        known, blind = _depth_known(case, found, row, days)
        given += known
        if not found.promoted[row][days].any():
            blind = float(found.sales[row][days].sum())
        if blind and offer.discount is not None and offer.discount < 1:
            planned = True
            given += blind * offer.discount / (1 - offer.discount)
    cross = sum(float(one["effect_margin"]) for one in crosses)
    gain += cross
    invested = given + fixed - funding
    net = own - pulled_margin + cross - fixed + funding
    share = roi(gain, invested)
    return {
        "gain": round(gain, 2),
        "invested": round(invested, 2),
        "discount_given": round(given, 2),
        "fixed_cost": round(fixed, 2),
        "funding": round(funding, 2),
        "roi_pct": None if share is None else round(share * 100, 2),
        "net_margin": round(net, 2),
        "price_cost_mix": round(round(net, 2) - round(gain, 2) + round(invested, 2), 2),
        "own_margin": round(own, 2),
        "pulled_margin": round(pulled_margin, 2),
        "cross_margin": round(cross, 2),
        "planned_discount": planned,
    }


def _depth_known(case: Case, found: Sold, row: int, days: Bools) -> tuple[float, float]:
    """The discount given of known depth, and the sales that the planned discount stands in for. A scenario's discount
    is of all that the cell sells, so that it takes the place of a whole day on which some depth is not known; a
    catalog's is of the sales on promotion."""
    dark = days & (found.blind[row] > 0)
    if case.frozen is None:
        return float(found.given[row][days].sum()), float(found.blind[row][days].sum())
    return float(found.given[row][days & ~dark].sum()), float(found.sales[row][dark].sum())


def horizon(case: Case) -> int:
    """Days from the promotion's first on that are looked at: to the end of the longest window after it, as far as sales
    go."""
    longest = max((case.window(cell.department) for cell in case.promoted), default=0)
    last = case.last
    known = 0 if last is None else (last - case.start).days + 1
    return max(case.length, min(case.length + longest, known))


def dip_loaded(case: Case) -> bool:
    """Whether sales reach to the end of the longest window after it."""
    longest = max((case.window(cell.department) for cell in case.promoted), default=0)
    last = case.loaded_until
    return last is not None and last >= case.end + timedelta(days=longest)
