"""The charts of the simulator, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from analytics.promo.bridge import Bridge
from analytics.promo.trial import Tried
from analytics.promo.uncertainty import Swing
from components import cards, charts, line_chart, palette, wording
from components.charts import BAR_HEIGHT, Figure, Step
from components.line_chart import Series
from components.once import once
from components.simulator_cards import CARDS
from components.simulator_words import signed

FRAME: Final = 75
MEASURES: Final = ("Sales", "Margin", "EBIT", "Units")
WHOLE: Final = "From the baseline"
CHANGES: Final = "Changes only"
FORM: Final = 300
# Room for the figures at both ends of a bar, as a share of the widest.
_ROOM: Final = 0.45


def skeleton() -> None:
    """The places of the page's form, cards and charts."""
    st.skeleton(FORM)
    cards.skeleton(CARDS, sparklines=False)
    left, right = st.columns([7, 5])
    left.skeleton(charts.LOW + FRAME)
    right.skeleton(charts.LOW + FRAME)
    st.skeleton(charts.TALL + FRAME)


def bridge(found: Tried, shown: str, currency: str, file: str, *, narrow: bool) -> None:
    """From the baseline's EBIT over what changes it to the scenario's, and to what is left after the days after.
    narrow: on a phone, where names stand upright."""

    def made() -> tuple[Figure, str]:
        told = steps(found.bridge, currency, whole=shown == WHOLE)
        figure = charts.bridge(told)
        if narrow:
            figure["layout"]["xaxis"]["tickangle"] = -90
        bars = ", ".join(f"{one.name} {one.text}" for one in told)
        return figure, f"From the baseline's EBIT to the scenario's: {bars}."

    figure, alt = once(found, ("bridge", shown, currency, narrow), made)
    charts.show(figure, key="chart_bridge", alt=alt, file=f"{file}-bridge")


def steps(told: Bridge, currency: str, *, whole: bool) -> list[Step]:
    """The bars of the bridge: totals in between sum what stands before them; whole: with the baseline, else from 0.
    What is nothing has no bar, but for price and volume."""
    start = told.baseline if whole else 0.0

    def total(name: str, value: float, label: str) -> Step:
        text = wording.money_short(value, currency) if whole else signed(value, currency)
        return Step(name, value, text, True, label)

    def change(name: str, value: float, label: str) -> Step:
        return Step(name, value, signed(value, currency), False, label)

    others = (
        ("Cannibalization", told.cannibalization, "Taken from<br>others"),
        ("Halo", told.halo, "Won by<br>others"),
        ("Promo cost", told.promo_cost, "Cost and<br>funding"),
    )
    return [
        *([total("Baseline", told.baseline, "Baseline")] if whole else []),
        change("Price", told.price, "Price"),
        change("Volume", told.volume, "Volume"),
        *(change(*one) for one in others if one[1]),
        total("Scenario", told.period - told.baseline + start, "Scenario"),
        change("Pull-forward", told.pull_forward, "Days after"),
        total("With the days after", told.net - told.baseline + start, "With the<br>days after"),
    ]


def by_day(found: Tried, measure: str, currency: str, file: str) -> None:
    """A figure day by day beside the baseline's."""
    figure, alt = once(found, ("by day", measure, currency), lambda: day_figure(found, measure, currency))
    charts.show(figure, key="chart_day", alt=alt, file=f"{file}-days")


def day_figure(found: Tried, measure: str, currency: str) -> tuple[Figure, str]:
    """The chart and the sentence that describes it."""
    simulation = found.simulation
    baseline = simulation.baseline
    after, before = {
        "Sales": (simulation.sales, baseline.sales),
        "Margin": (simulation.margin, baseline.margin),
        "EBIT": (simulation.ebit, simulation.baseline_ebit),
        "Units": (simulation.units, baseline.units),
    }[measure]

    def text(value: float) -> str:
        return wording.count(value) if measure == "Units" else wording.money(value, currency)

    def series(name: str, values: list[float]) -> Series:
        return Series(name, values, [f"{name}: {text(value)}" for value in values], name.lower())

    now, then = (array.sum(axis=0).tolist() for array in (after, before))
    prefix = "" if measure == "Units" else wording.symbol(currency)
    days = [day.isoformat() for day in baseline.days]
    figure = line_chart.over_time(days, series("Scenario", now), series("Baseline", then), prefix=prefix, unit=measure)
    return figure, f"{measure} by day, {text(sum(now))} in all against {text(sum(then))} without promotion."


def tornado(found: Tried, currency: str, file: str) -> None:
    """How far the change of EBIT goes with each assumption at either end of its interval, the widest on top."""

    def made() -> tuple[Figure, str]:
        net = found.simulation.net_ebit_delta
        told = "; ".join(f"{one.assumption} {_ends(one, currency)}" for one in found.swings)
        said = f"Change of EBIT, days after in, expected {signed(net, currency)}, with each assumption in turn: {told}."
        return tornado_figure(found.swings, net, currency), said

    figure, alt = once(found, ("tornado", currency), made)
    charts.show(figure, key="chart_swings", alt=alt, file=f"{file}-sensitivity")


def tornado_figure(swings: Sequence[Swing], net: float, currency: str) -> Figure:
    """Horizontal bars between both ends, with a line at what is expected."""
    held = list(swings)
    names = [one.assumption for one in held]
    lows = [min(one.low, one.high) for one in held]
    highs = [max(one.low, one.high) for one in held]
    layout = charts.base_layout(max(charts.LOW, (BAR_HEIGHT + 16) * len(held)))
    room = (max([*highs, net]) - min([*lows, net]) or 1) * _ROOM
    layout["xaxis"] |= {"visible": False, "range": [min([*lows, net]) - room, max([*highs, net]) + room]}
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "ticksuffix": "  "}
    layout["bargap"] = 0.5
    layout["margin"]["t"] = 24
    layout["shapes"] = [
        {
            "type": "line", "x0": net, "x1": net, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"width": 1, "dash": "dot", "color": palette.TEXT},
        }
    ]  # fmt: skip
    layout["annotations"] = [
        {
            "x": net, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
            "text": f"expected {signed(net, currency)}",
        },
        *(_end(name, low, signed(low, currency), "right") for name, low in zip(names, lows, strict=True)),
        *(_end(name, high, signed(high, currency), "left") for name, high in zip(names, highs, strict=True)),
    ]  # fmt: skip
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "base": lows,
        "x": [high - low for low, high in zip(lows, highs, strict=True)],
        "marker": {"color": palette.ACCENT},
        "customdata": [f"<b>{one.assumption}</b><br>{_ends(one, currency)}" for one in held],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return {"data": [bar], "layout": layout}


def _end(name: str, at: float, text: str, anchor: str) -> Figure:
    away = -6 if anchor == "right" else 6
    return {
        "x": at, "y": name, "text": text, "xanchor": anchor, "xshift": away, "showarrow": False, "font": {"size": 11},
    }  # fmt: skip


def _ends(one: Swing, currency: str) -> str:
    return f"{signed(one.low, currency)} at its low end, {signed(one.high, currency)} at its high one"
