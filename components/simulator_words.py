"""What the simulator says in words: what it rests on, what a scenario comes to, and what to know of its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from analytics.periods import Period
from analytics.promo.bridge import Bridge
from analytics.promo.terms import Cell
from analytics.promo.trial import Ground, RowTold, Tried
from analytics.promo.uncertainty import Interval
from analytics.promo.verdict import HIGH, LOW, MEDIUM
from components import wording

NOTHING: Final = "Choose departments and a discount: the figures follow at once."
STATUS: Final = {
    "PASS": "Nothing stands against it.",
    "WARN": "It can be submitted; look at what is found.",
    "BLOCK": "It cannot be submitted as it is.",
}
SEVERITY: Final = {HIGH: ":material/block:", MEDIUM: ":material/warning:", LOW: ":material/info:"}
# Below half a unit of money a change is none.
_NONE: Final = 0.5


def caption(start: date, end: date, ground: Ground, currency: str) -> str:
    """The line under the title."""
    days = Period(start, end)
    said = [f"{wording.days(days)} ({days.days} {'day' if days.days == 1 else 'days'}) against the same days without"
            " promotion"]  # fmt: skip
    if currency:
        said.append(currency)
    said.append(f"uplift model {ground.model_version}")
    if ground.sales_until is not None:
        said.append(f"sales until {wording.day(ground.sales_until)}")
    return " · ".join([*said, *([f"holidays of {ground.country}"] if ground.country else [])])


def signed(value: float, currency: str) -> str:
    """A change of money with its sign, short."""
    return f"{'+' if value > 0 else ''}{wording.money_short(value, currency)}"


def between(ends: Interval, currency: str) -> str:
    """Both ends of an interval of a change of money."""
    return f"{signed(ends.low, currency)} to {signed(ends.high, currency)}"


def comes_to(found: Tried, currency: str) -> str:
    """What the scenario brings, in a sentence or two; what weighs most of it is named."""
    net, ends = found.simulation.net_ebit_delta, found.intervals.net_ebit_delta
    steps = found.bridge
    if abs(net) < _NONE and not found.simulation.offers:
        return "Nothing is offered: these are the figures without promotion."
    sure = ends.low > 0 or ends.high < 0
    said = (
        f"**EBIT ends {wording.money_short(abs(net), currency)} {'above' if net >= 0 else 'below'} the baseline**, "
        f"days after included (90 %: {between(ends, currency)}"
        f"{'' if sure else ', so it may be either'})."
    )
    parts = [
        f"{name} {'costs' if value < 0 else 'brings'} {wording.money_short(abs(value), currency)}"
        for name, value in _parts(steps)
        if abs(value) >= _NONE
    ]
    said += f" {_listed(parts)}." if parts else ""
    roi = found.simulation.roi
    if roi is None:
        return said
    invested = wording.money_short(found.simulation.invested, currency)
    return f"{said} {invested} is invested (discounts given, cost less funding): ROI {wording.rate(roi * 100)}."


def _parts(steps: Bridge) -> Sequence[tuple[str, float]]:
    found = [
        ("the lower price on what would be sold anyway", steps.price),
        ("what is sold on top", steps.volume),
        ("what others lose", steps.cannibalization),
        ("what others win", steps.halo),
        ("fixed cost and funding", steps.promo_cost),
        ("what is only bought earlier", steps.pull_forward),
    ]
    return sorted(found, key=lambda part: -abs(part[1]))[:3]


def _listed(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def extrapolated(rows: Sequence[RowTold]) -> list[str]:
    """The cells whose discount is deeper than any that was seen there."""
    cells = {row.row.cell: row for row in rows if row.beyond_seen}
    return [
        f"{named(cell)}: {wording.rate(row.whole * 100)} off, the deepest seen is {wording.rate(row.deepest * 100)}"
        for cell, row in cells.items()
    ]


def left_out(found: Tried) -> str:
    """Which rows are not in the figures and what to do; '' where all are."""
    rows = found.left_out
    if not rows:
        return ""
    said = "; ".join(f"row {row.place + 1} ({named(row.row.cell)}): {row.problem}" for row in rows)
    return (
        f"Not in the figures: {said}. Load sales with promotions of it and have uplift learned anew, or take the row "
        "out; a scenario is saved only with rows that count."
    )


def plain_money(text: str) -> str:
    """A text of ours, in Markdown, in which $ is money and no formula."""
    return text.replace("$", r"\$").replace("~", r"\~")


def named(cell: Cell) -> str:
    """A department in a channel."""
    return f"{cell.department}, {cell.channel}"


def notes(ground: Ground, currency: str) -> list[str]:
    """What is estimated, what is allocated, what is left out."""
    rates = {cell.channel: ground.knowledge.cost_rate(cell.channel) for cell in ground.baseline.cells}
    costs = ", ".join(f"{channel} {wording.rate(rate * 100)}" for channel, rate in sorted(rates.items()))
    until = f", learned from sales until {wording.day(ground.learned_until)}" if ground.learned_until else ""
    return [
        "Baseline: what each department and channel would sell in these days without any promotion, by trend, weekday, "
        "holidays and season.",
        f"Uplift, effects on others and pull-forward: model {ground.model_version}{until}. Beyond the deepest "
        "discount that was seen the curve is held flat, and said to be a guess.",
        f"EBIT (contribution): variable cost as a share of sales is {costs}; fixed cost and supplier funding are "
        "those of the rows. Overhead is not in it.",
        "Intervals hold 90 %: 4,000 draws of baselines, uplifts, effects on others and pull-forward, each with its own "
        "error. The break-evens look at the department and channel itself.",
        "What is bought earlier because of the promotion is missing in the days after it: it stands apart, and is "
        "never in the period's figures.",
        "By segment: allocated by the segments' share of revenue, since sales tell no segment.",
        f"Money in {currency}, before VAT or with it as the workbooks have it." if currency else
        "The company's currency is not set: money is as the workbooks have it.",
    ]  # fmt: skip
