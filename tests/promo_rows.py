"""A company in two cells, small enough for every figure of it to be checked by hand, and scenarios over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from analytics.promo.breakdown import kpis_of
from analytics.promo.forecast import forecast_of
from analytics.promo.mechanics import Mechanic, terms_of
from analytics.promo.model import Model
from analytics.promo.scenarios import Content, Draft
from analytics.promo.simulation import simulate
from analytics.promo.terms import Baseline, Cell, Curve, Knowledge
from analytics.promo.uncertainty import intervals
from analytics.promo.usual import Parts, Price, Weekdays
from analytics.promo.verdict import HIGH, Check, Issue, Report
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.uplift_models import keep_model

TV, TOYS = Cell("TV", "online"), Cell("Toys", "online")
START, END = date(2026, 12, 1), date(2026, 12, 2)
HERO = Mechanic("TV", "online", 20, notes="main hero")
PASS = Report(())
BLOCK = Report((Issue(Check.BUDGET, HIGH, "It costs too much", "Scale the discounts", None),))


def knowledge(more: float = 0.5) -> Knowledge:
    """20 % off sells half as much again, or `more`; toys answer to nothing."""
    knots = np.array([0.0, 0.2, 0.4])
    steady = np.array([0.0, 0.05, 0.1])
    return Knowledge(
        {
            TV: Curve(knots, np.array([0.0, more, 2 * more]), steady, 0.3, 40),
            TOYS: Curve(knots, steady * 0, steady, 0.0, 0),
        }
    )


def baseline(start: date = START, end: date = END) -> Baseline:
    """100 pieces a day at 10.00 with 4.00 of margin, and 10 at 5.00 with 1.00."""
    days = tuple(start + timedelta(days=n) for n in range((end - start).days + 1))
    flat = np.ones(len(days))
    return Baseline(
        (TV, TOYS), days, np.array([100 * flat, 10 * flat]), np.array([1000 * flat, 50 * flat]),
        np.array([400 * flat, 10 * flat]), np.array([0.05, 0.05]),
    )  # fmt: skip


def draft(
    *rows: Mechanic, label: str = "October push", report: Report = PASS, scenario_id: str | None = None,
    more: float = 0.5,
) -> Draft:  # fmt: skip
    """What the builder hands over: rows (the hero without any), its figures and validation; more: see `in_force`."""
    content = Content(label, START, END, rows or (HERO,), "balanced", "for the gap of October")
    known = knowledge(more)
    found = simulate(baseline(), terms_of(content.mechanics, ()), known)
    forecast = forecast_of(found, intervals(found, known), known, "u1")
    return Draft(content, kpis_of(found), report, forecast, "u1", scenario_id)


def moved(of: Draft, scenario_id: str) -> Draft:
    """The same as a draft of a scenario that is there."""
    return replace(of, scenario_id=scenario_id)


def in_force(stores: Stores, version: str = "u1", more: float = 0.5) -> None:
    """Puts that company's model in force: 100 and 10 pieces on every day, as `baseline` has them, with its errors.
    more: what 20 % off TV sells more."""

    def parts(cell: Cell, units: float, price: float, margin: float) -> Parts:
        sure = Weekdays(np.full(7, units), np.full(7, 100.0), 1.0)
        return Parts(
            cell, None, sure, 0.0, (0.0, 0.0), np.ones(8), (Price(date(2026, 1, 1), price, margin),), date(2026, 11, 20)
        )

    model = Model(
        version, "f" * 64, date(2026, 6, 1), date(2026, 11, 20), knowledge(more).curves,
        {TV: parts(TV, 100, 10, 4), TOYS: parts(TOYS, 10, 5, 1)}, {}, (), (),
    )  # fmt: skip
    keep_model(stores, local_admin(), model)
