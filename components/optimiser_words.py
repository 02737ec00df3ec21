"""What is said of the optimiser's answers: the sentence, its limits, and which of them collide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analytics.promo.optimiser import (
    BUDGET,
    CEILING,
    LEAST_MARGIN,
    LEAST_SALES,
    MARGIN_FLOOR,
    MOST,
    STOCK,
    Best,
    Constraints,
)
from analytics.promo.slack import Counted, Kept
from components import wording
from components.scenario_words import signed_money

_WHOLE_FROM: Final = 1000


def answer_said(best: Best, currency: str) -> str:
    """What was found, as a person would say it."""
    if not best.discounts:
        return "No discount of the grid brings more than none: the best promotion in these days is no promotion."
    number = len(best.discounts)
    simulation = best.simulation
    return (
        f"{wording.count(number)} {'promotion' if number == 1 else 'promotions'} at "
        f"{_span(list(best.discounts.values()))}: EBIT "
        f"{signed_money(simulation.net_ebit_delta, currency)} with the days after, sales "
        f"{signed_money(simulation.delta.sales, currency)}, for {wording.money_short(simulation.invested, currency)}"
        " invested."
    )


def colliding_said(colliding: Sequence[str], limits: Constraints, currency: str) -> str:
    """Which limits cannot be kept together, and what to do."""
    told = [_limit(name, limits, currency) for name in colliding]
    if not told:
        return "No combination of discounts keeps all of these limits. Loosen one of them."
    if len(told) == 1:
        return f"No combination of discounts keeps {told[0]}. Loosen it."
    return f"No combination of discounts keeps {', '.join(told[:-1])} and {told[-1]} together. Loosen one of them."


def amount(value: float, counted: Counted, currency: str) -> str:
    """A limit, or what stands against it."""
    if counted is Counted.RATE:
        return wording.rate(value * 100)
    if counted is Counted.MONEY:
        # As the form has it: cents say something of small amounts only.
        return (wording.money_whole if abs(value) >= _WHOLE_FROM else wording.money)(round(value, 2), currency)
    return wording.count(value)


def room(kept: Kept, currency: str) -> str:
    """How much is left to the limit: in points where it is a rate."""
    if kept.counted is Counted.RATE:
        return f"{wording.points(kept.slack * 100).removeprefix('+')}"
    return amount(kept.slack, kept.counted, currency)


def _limit(name: str, limits: Constraints, currency: str) -> str:
    """A limit of the optimiser with its value."""
    if name == MARGIN_FLOOR and limits.margin_floor is not None:
        return f"a margin of at least {wording.rate(limits.margin_floor * 100)}"
    department = name.removeprefix(f"{MARGIN_FLOOR} of ")
    if department in limits.department_floors:
        return f"a margin of at least {wording.rate(limits.department_floors[department] * 100)} in {department}"
    if name == BUDGET and limits.budget is not None:
        return f"a budget of {wording.money_short(limits.budget, currency)}"
    if name == LEAST_SALES and limits.least_sales is not None:
        return f"sales of at least {wording.money_short(limits.least_sales, currency)}"
    if name == LEAST_MARGIN and limits.least_margin is not None:
        return f"a margin of at least {wording.money_short(limits.least_margin, currency)}"
    if name == MOST and limits.most_promotions is not None:
        return (
            f"at most {limits.most_promotions} {'promotion' if limits.most_promotions == 1 else 'promotions'} at once"
        )
    if name.startswith(f"{STOCK} of "):
        return f"the stock of {name.removeprefix(f'{STOCK} of ')}"
    return {CEILING: "the discount ceilings", STOCK: "the stock that is there"}.get(name, f"'{name}'")


def _span(discounts: Sequence[float]) -> str:
    low, high = min(discounts), max(discounts)
    return f"{low * 100:g} %" if low == high else f"{low * 100:g}–{high * 100:g} %"
