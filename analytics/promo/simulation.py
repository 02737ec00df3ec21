"""What a scenario brings: sales, margin, EBIT (contribution) and units of every cell and day, beside the baseline.

A promotion's own cell sells (1 + uplift) × its baseline units at (1 − discount) × the regular price; units in other
cells that it wins or takes are counted against their baselines, at their regular price; units that it only brings
forward are missing in the days after it, so they stand beside the period's figures and not in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.promo.arithmetic import discount_given, effective_discount, roi
from analytics.promo.terms import Baseline, Cell, Floats, Knowledge, Terms


class NotSimulable(ValueError):
    """The scenario's rows contradict themselves or name what has no baseline; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Offer:
    """All that is offered in one cell: the rows of a scenario put together.

    discount: effective, a fraction of the cell's regular sales. uplift: fraction of its baseline units. sensitivity:
    the factor on it of the segments that it is offered to.
    """

    discount: float
    uplift: float
    error: float
    fixed_cost: float
    funding: float
    stock_cap: float | None
    beyond_seen: bool
    sensitivity: float = 1.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over cells and days: money in the company's currency. margin_pct is None where sales are not above 0."""

    units: float
    sales: float
    margin: float
    ebit: float

    @property
    def margin_pct(self) -> float | None:
        """margin / sales × 100."""
        return self.margin / self.sales * 100 if self.sales > 0 else None

    def __sub__(self, other: Totals) -> Totals:
        return Totals(
            self.units - other.units, self.sales - other.sales, self.margin - other.margin, self.ebit - other.ebit
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """Arrays of cells × days unless said otherwise.

    own_units: sold in the cell itself, after its stock cap. cross_units: won (+) or lost (−) through other cells'
    promotions. asked_units: what is asked for in each cell, the effects of the others in it, were there no end of its
    own stock. pulled_units, pulled_margin, pulled_ebit: arrays of cells, what the days after the period lose (above 0:
    a loss). discount_given: array of cells.
    """

    baseline: Baseline
    offers: dict[Cell, Offer]
    own_units: Floats
    cross_units: Floats
    asked_units: Floats
    units: Floats
    sales: Floats
    margin: Floats
    ebit: Floats
    baseline_ebit: Floats
    pulled_units: Floats
    pulled_margin: Floats
    pulled_ebit: Floats
    discount_given: Floats

    @property
    def totals(self) -> Totals:
        """Of the period, all cells."""
        return Totals(*(float(array.sum()) for array in (self.units, self.sales, self.margin, self.ebit)))

    @property
    def baseline_totals(self) -> Totals:
        """The same without any promotion."""
        told = self.baseline
        arrays = (told.units, told.sales, told.margin, self.baseline_ebit)
        return Totals(*(float(array.sum()) for array in arrays))

    @property
    def delta(self) -> Totals:
        """Scenario less baseline, in the period."""
        return self.totals - self.baseline_totals

    @property
    def net_ebit_delta(self) -> float:
        """The period's change of EBIT less what the days after it lose: what scenarios are ranked by."""
        return self.delta.ebit - float(self.pulled_ebit.sum())

    @property
    def invested(self) -> float:
        """Discount given on all promo units + fixed cost − supplier funding."""
        costs = sum(offer.fixed_cost - offer.funding for offer in self.offers.values())
        return float(self.discount_given.sum()) + costs

    @property
    def gain(self) -> float:
        """(units − baseline units − pull-forward units) × regular unit margin − cannibalized + halo margin."""
        unit_margin = _each(self.baseline.margin, self.baseline.units)
        more = (self.own_units - self.baseline.units + self.cross_units) * unit_margin
        return float(more.sum() - self.pulled_margin.sum())

    @property
    def roi(self) -> float | None:
        """(gain − investment) / investment as a fraction; None where nothing is invested."""
        return roi(self.gain, self.invested)


def offers_of(terms: Sequence[Terms], knowledge: Knowledge) -> dict[Cell, Offer]:
    """The rows of a scenario by cell: effective discounts of rows for several segments add up; the uplift is the
    curve's at their sum, times the segments' sensitivity weighted by their part of the discount.

    Raises NotSimulable where they add up to the whole price, or a cell has no coefficients.
    """
    rows: dict[Cell, list[Terms]] = defaultdict(list)
    for row in terms:
        rows[row.cell].append(row)
    found = {}
    for cell, of_cell in rows.items():
        discounts = [effective_discount(row) for row in of_cell]
        discount = sum(discounts)
        if not 0 <= discount < 1:
            raise NotSimulable(
                f"{cell.department}, {cell.channel}: the discounts of its rows come to {discount:.0%} of the regular"
                " price. Take less than 100 %."
            )
        curve = knowledge.curves.get(cell)
        if curve is None:
            raise NotSimulable(
                f"{cell.department}, {cell.channel}: no uplift is known. Estimate coefficients first, or leave it out."
            )
        sensitivity = (
            sum(part * row.sensitivity for part, row in zip(discounts, of_cell, strict=True)) / discount
            if discount
            else 1.0
        )
        caps = [row.stock_cap for row in of_cell if row.stock_cap is not None]
        found[cell] = Offer(
            discount=discount,
            uplift=curve.at(discount) * sensitivity,
            error=curve.error_at(discount) * sensitivity,
            fixed_cost=sum(row.fixed_cost for row in of_cell),
            funding=sum(row.funding for row in of_cell),
            stock_cap=min(caps, default=None),
            beyond_seen=discount > curve.deepest + 1e-9,
            sensitivity=sensitivity,
        )
    return found


def simulate(baseline: Baseline, terms: Sequence[Terms], knowledge: Knowledge) -> Simulation:
    """The scenario's figures. Raises NotSimulable for a row without baseline or coefficients."""
    return simulate_offers(baseline, offers_of(terms, knowledge), knowledge)


def simulate_offers(baseline: Baseline, offers: dict[Cell, Offer], knowledge: Knowledge) -> Simulation:
    """The figures of offers by cell. Raises NotSimulable for a cell that has no baseline."""
    place = {cell: row for row, cell in enumerate(baseline.cells)}
    for cell in offers:
        if cell not in place:
            raise NotSimulable(f"{cell.department}, {cell.channel}: no sales are known. Load them, or leave it out.")
    rows, days = baseline.units.shape
    discount, uplift, cost, cap = np.zeros(rows), np.zeros(rows), np.zeros(rows), np.full(rows, np.inf)
    for cell, offer in offers.items():
        row = place[cell]
        discount[row], uplift[row], cost[row] = offer.discount, offer.uplift, offer.fixed_cost - offer.funding
        if offer.stock_cap is not None:
            cap[row] = offer.stock_cap
    own: Floats = baseline.units * (1 + uplift[:, None])
    cross = _cross_units(baseline, own, offers, knowledge, place)
    asked = np.maximum(own + cross, 0)
    if (limited := np.isfinite(cap)).any():
        # What others win or take changes what is asked for: no more is sold than there is, and never less than nothing.
        # Beyond the last piece what others bring is lost first, so that a stock which lasts changes no figure.
        lost = (asked - sold_out(asked, cap)).sum(axis=1)
        left = own.sum(axis=1) - np.maximum(lost - np.maximum(cross, 0).sum(axis=1), 0)
        own = sold_out(own, np.where(limited, left, np.inf))
        cross = _cross_units(baseline, own, offers, knowledge, place)
        asked = np.maximum(baseline.units * (1 + uplift[:, None]) + cross, 0)
        cross[limited] = sold_out(asked, cap)[limited] - own[limited]
    price = _each(baseline.sales, baseline.units)
    unit_cost = _each(baseline.sales - baseline.margin, baseline.units)
    rate = np.array([knowledge.cost_rate(cell.channel) for cell in baseline.cells])[:, None]
    sales = own * price * (1 - discount[:, None]) + cross * price
    margin = sales - (own + cross) * unit_cost
    pulled = _pulled(baseline, own, offers, knowledge, place)
    unit_margin = _each(baseline.margin.sum(axis=1), baseline.units.sum(axis=1))
    unit_price = _each(baseline.sales.sum(axis=1), baseline.units.sum(axis=1))
    given = [discount_given(1.0, part) or 0.0 for part in discount]
    return Simulation(
        baseline=baseline,
        offers=offers,
        own_units=own,
        cross_units=cross,
        asked_units=asked,
        units=own + cross,
        sales=sales,
        margin=margin,
        ebit=margin - rate * sales - (cost / max(days, 1))[:, None],
        baseline_ebit=baseline.margin - rate * baseline.sales,
        pulled_units=pulled,
        pulled_margin=pulled * unit_margin,
        pulled_ebit=pulled * (unit_margin - rate[:, 0] * unit_price),
        discount_given=(own * price * (1 - discount[:, None])).sum(axis=1) * np.array(given),
    )


def sold_out(units: Floats, cap: Floats) -> Floats:
    """Units of cells × days, each cell's running total held at its cap: what is asked for after the last piece is
    lost."""
    if np.isinf(cap).all():
        return units
    running = np.minimum(np.cumsum(units, axis=1), cap[:, None])
    return np.diff(running, axis=1, prepend=0.0)


def _cross_units(
    baseline: Baseline, own: Floats, offers: dict[Cell, Offer], knowledge: Knowledge, place: dict[Cell, int]
) -> Floats:
    """Realised uplifts of the promoted cells, day by day, times their effects on others; nothing falls below zero."""
    share = np.zeros_like(own)
    if not knowledge.crosses or not offers:
        return share
    realised = np.maximum(_each(own, baseline.units) - 1, 0)
    for effect in knowledge.crosses:
        if effect.source in offers and effect.affected in place:
            share[place[effect.affected]] += effect.effect * realised[place[effect.source]]
    return baseline.units * np.maximum(share, -1)


def _pulled(
    baseline: Baseline, own: Floats, offers: dict[Cell, Offer], knowledge: Knowledge, place: dict[Cell, int]
) -> Floats:
    pulled = np.zeros(len(baseline.cells))
    for cell in offers:
        if effect := knowledge.pull_forward.get(cell):
            row = place[cell]
            pulled[row] = effect.share * max(float((own[row] - baseline.units[row]).sum()), 0.0)
    return pulled


def _each(amount: Floats, units: Floats) -> Floats:
    """amount / units; 0 where there are no units."""
    each: Floats = np.divide(amount, units, out=np.zeros_like(amount, dtype=float), where=units != 0)
    return each
