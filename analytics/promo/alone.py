"""What one cell's promotion brings by itself: the simulation's change of EBIT in closed form, for the many times that
it is asked for one cell and another discount or uplift."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from analytics.promo.simulation import Offer, simulate_offers
from analytics.promo.terms import Baseline, Cell, Floats, Knowledge


class Alone:
    """Sums of a baseline, over which single offers are looked at."""

    def __init__(self, baseline: Baseline, knowledge: Knowledge) -> None:
        self._baseline, self._knowledge = baseline, knowledge
        self._place = {cell: row for row, cell in enumerate(baseline.cells)}
        sold = baseline.units != 0
        # Days without pieces have no price: nothing is sold on them.
        self._units = baseline.units.sum(axis=1)
        self._sales = np.where(sold, baseline.sales, 0).sum(axis=1)
        self._cost = np.where(sold, baseline.sales - baseline.margin, 0).sum(axis=1)
        rate = np.array([knowledge.cost_rate(cell.channel) for cell in baseline.cells])
        self._rate: Floats = rate
        self._regular = self._sales * (1 - rate) - self._cost
        whole = (baseline.margin - rate[:, None] * baseline.sales).sum(axis=1)
        self._before: Floats = whole
        self._each = np.divide(whole, self._units, out=np.zeros_like(whole), where=self._units != 0)
        self._effects: dict[Cell, dict[int, float]] = defaultdict(dict)
        for one in knowledge.crosses:
            if (row := self._place.get(one.affected)) is not None:
                of_source = self._effects[one.source]
                of_source[row] = of_source.get(row, 0.0) + one.effect

    def net_ebit_delta(self, cell: Cell, offer: Offer) -> float:
        """As `simulate_offers` has it of this offer alone."""
        if offer.stock_cap is not None:
            return simulate_offers(self._baseline, {cell: offer}, self._knowledge).net_ebit_delta
        row, uplift = self._place[cell], offer.uplift
        kept = (1 - offer.discount) * (1 - self._rate[row])
        net = (1 + uplift) * (self._sales[row] * kept - self._cost[row]) - self._before[row]
        realised = max(uplift, 0.0)
        net += sum(max(effect * realised, -1.0) * self._regular[at] for at, effect in self._effects[cell].items())
        if pulled := self._knowledge.pull_forward.get(cell):
            net -= pulled.share * max(uplift * self._units[row], 0.0) * self._each[row]
        return float(net - offer.fixed_cost + offer.funding)
