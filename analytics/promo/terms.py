"""The plain types of promotions: a department in a channel, what is offered there, what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


class Cell(NamedTuple):
    """A department in a channel: what a coefficient, a baseline and a discount belong to."""

    department: str
    channel: str


class Form(StrEnum):
    """How a discount reaches the buyer."""

    PERCENTAGE = "percentage"
    COUPON = "coupon"
    MEMBER_ONLY = "member_only"
    BUNDLE = "bundle"
    CASHBACK = "cashback"
    VAT_FREE = "vat_free"


@dataclass(frozen=True, slots=True)
class Terms:
    """What one row of a scenario offers in its cell. Shares are fractions from 0 to 1, money per scenario.

    depth: of the regular price. redemption: share of entitled buyers who use it, None: the form's usual one. reach:
    share of the cell's revenue whose buyers are entitled. promoted_share: share of the cell's regular sales that is on
    offer. sensitivity: factor on the uplift, of the segments. stock_cap: units of the cell that can be sold at all.
    """

    cell: Cell
    depth: float
    form: Form = Form.PERCENTAGE
    redemption: float | None = None
    reach: float = 1.0
    promoted_share: float = 1.0
    sensitivity: float = 1.0
    fixed_cost: float = 0.0
    funding: float = 0.0
    stock_cap: float | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """What cells would sell without promotion: arrays of cells × days, money in the company's currency.

    error: relative standard error of a cell's total over these days, an array of cells.
    """

    cells: tuple[Cell, ...]
    days: tuple[date, ...]
    units: Floats
    sales: Floats
    margin: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """Uplift of units of a whole cell as a function of its effective discount: monotone, 0 at 0, linear between knots
    and flat beyond the last one.

    knots: discounts, rising from 0. uplift: fractions at the knots. error: standard errors there. deepest: the deepest
    discount that was ever seen there, beyond which the curve extrapolates. promo_days: how many days it rests on.
    """

    knots: Floats
    uplift: Floats
    error: Floats
    deepest: float
    promo_days: int

    def at(self, discount: float) -> float:
        """The uplift (fraction) at an effective discount."""
        return float(np.interp(discount, self.knots, self.uplift))

    def error_at(self, discount: float) -> float:
        """Its standard error (fraction)."""
        return float(np.interp(discount, self.knots, self.error))


class CrossEffect(NamedTuple):
    """What an uplift in one cell does to another: share of the affected cell's baseline units that is gained (halo,
    above 0) or lost (cannibalization, below 0) per uplift of 1 in the source, with its standard error."""

    source: Cell
    affected: Cell
    effect: float
    error: float = 0.0


class PullForward(NamedTuple):
    """Share of a cell's incremental units that would have been bought in the days after anyway, with its error."""

    share: float
    error: float = 0.0
    window_days: int = 14


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a simulation rests on: coefficients of one model version and the company's cost rates.

    variable_cost: share of sales by channel (fraction); channels without one: usual_variable_cost.
    """

    curves: dict[Cell, Curve]
    crosses: tuple[CrossEffect, ...] = ()
    pull_forward: dict[Cell, PullForward] = field(default_factory=dict)
    variable_cost: dict[str, float] = field(default_factory=dict)
    usual_variable_cost: float = 0.1

    def cost_rate(self, channel: str) -> float:
        """Variable cost as a share of the channel's sales."""
        return self.variable_cost.get(channel, self.usual_variable_cost)
