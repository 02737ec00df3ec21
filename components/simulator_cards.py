"""The answers on top of the simulator."""

from __future__ import annotations

from analytics.promo.trial import Tried
from analytics.promo.uncertainty import Interval
from components import wording
from components.cards import Card
from components.definitions import told
from components.simulator_words import signed

CARDS = 6


def simulator_cards(found: Tried, currency: str) -> list[Card]:
    """Sales, margin, margin rate, EBIT, units, and the change of EBIT with the days after."""
    simulation, ends, kpis = found.simulation, found.intervals, found.kpis
    after, before, delta = simulation.totals, simulation.baseline_totals, simulation.delta
    # Whole pieces as they are kept: their change is that of the two that are shown.
    pieces = kpis.units_delta
    points = None if after.margin_pct is None or before.margin_pct is None else after.margin_pct - before.margin_pct
    pulled = float(simulation.pulled_ebit.sum())
    return [
        Card(
            "sales", "Sales", wording.money_short(after.sales, currency), _money(delta.sales, currency), "up",
            wording.money_short(before.sales, currency), _ends(ends.sales_delta, currency),
            told("simulator.sales"),
        ),
        Card(
            "margin", "Margin", wording.money_short(after.margin, currency), _money(delta.margin, currency), "up",
            wording.money_short(before.margin, currency), _ends(ends.margin_delta, currency),
            told("simulator.margin"),
        ),
        Card(
            "rate", "Margin rate", wording.rate(after.margin_pct), wording.points(points), "up",
            wording.rate(before.margin_pct), [],
            told("simulator.margin_rate"),
        ),
        Card(
            "ebit", "EBIT (contribution)", wording.money_short(after.ebit, currency), _money(delta.ebit, currency),
            "up", wording.money_short(before.ebit, currency), _ends(ends.ebit_delta, currency),
            told("simulator.ebit"),
        ),
        Card(
            "units", "Units", wording.count_short(kpis.total_units),
            f"{'+' if pieces > 0 else ''}{wording.count_short(pieces)}", "up",
            wording.count_short(kpis.total_units - pieces),
            [f"90 %: {_count(ends.units_delta.low)}", f"to {_count(ends.units_delta.high)}"],
            told("simulator.units"),
        ),
        Card(
            "net", "Net EBIT change", signed(simulation.net_ebit_delta, currency), "", "neither", "",
            ["with the days after:", f"**{signed(-pulled, currency)}** of it", *_ends(ends.net_ebit_delta, currency)],
            told("simulator.net"),
        ),
    ]  # fmt: skip


def _money(value: float, currency: str) -> str:
    return "" if abs(value) < 0.005 else signed(value, currency)


def _ends(of: Interval, currency: str) -> list[str]:
    """An interval in two lines: in one it would break on narrow cards."""
    return [f"90 %: {signed(of.low, currency)}", f"to {signed(of.high, currency)}"]


def _count(value: float) -> str:
    return f"{'+' if round(value) > 0 else ''}{wording.count_short(value)}"
