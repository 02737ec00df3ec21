"""What post-mortems teach: outcomes weighed against what was believed, on figures that a person can check."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from math import isclose, log, sqrt

import numpy as np
import pytest

from analytics.promo.learning import USUAL_CHANCE, Outcome, after, spread_of, taught
from analytics.promo.model import Model, details, model_from, stored
from analytics.promo.terms import Cell, Curve
from analytics.promo.usual import Parts, Price, Weekdays

TV = Cell("TV", "online")
AUDIO = Cell("Audio", "online")
Z = 1.6448536269514722
# 50 % more at 20 % off: on the scale of logs ln 1.5, give or take 0.1; its 90 % interval reaches from 1.5 × e^−0.1 Z to
# 1.5 × e^0.1 Z, so that the curve's error is 0.151.
ERROR = 1.5 * (np.exp(0.1 * Z) - np.exp(-0.1 * Z)) / (2 * Z)
CURVE = Curve(np.array([0.0, 0.2]), np.array([0.0, 0.5]), np.array([0.0, ERROR]), 0.2, 10)


def outcome(uplift: float = 0.8, error: float = 0.18, **others: object) -> Outcome:
    """80 % more at 20 % off, give or take 0.1 on the scale of logs."""
    plain = Outcome("p1", TV, 0.2, uplift, error, 7, date(2026, 3, 2), date(2026, 3, 8))
    return replace(plain, **others)


def model(**curves: Curve) -> Model:
    held = {Cell(name, "online"): curve for name, curve in (curves or {"TV": CURVE}).items()}
    parts = {
        cell: Parts(
            cell, None, Weekdays(np.ones(7), np.ones(7), 1.0), 0.0, (0.0, 0.0), np.ones(8),
            (Price(date(2026, 1, 1), 100.0, 25.0),), date(2026, 2, 28),
        )
        for cell in held
    }  # fmt: skip
    return Model("base", "f" * 64, date(2025, 1, 1), date(2026, 2, 28), held, parts, {}, (), ())


def test_an_outcome_as_sure_as_the_curve_counts_half() -> None:
    found = after(CURVE, [outcome()], chance=0.0)
    assert isclose(found.at(0.2), sqrt(1.5 * 1.8) - 1)
    spread = 0.1 / sqrt(2)
    ends = [sqrt(1.5 * 1.8) * np.exp(sign * Z * spread) for sign in (-1, 1)]
    assert isclose(found.error_at(0.2), (ends[1] - ends[0]) / (2 * Z))
    assert found.at(0.0) == 0.0
    assert found.promo_days == 17


def test_chance_among_promotions_makes_an_outcome_count_less() -> None:
    # Variances: the curve's 0.01, the outcome's 0.01 + 0.1² = 0.02: a third of the way.
    found = after(CURVE, [outcome()], chance=0.1)
    assert isclose(log(1 + found.at(0.2)), log(1.5) + (log(1.8) - log(1.5)) / 3)


def test_two_outcomes_count_more_than_one() -> None:
    # Precisions of 100 each: the curve and two outcomes.
    found = after(CURVE, [outcome(), outcome(source="p2")], chance=0.0)
    assert isclose(log(1 + found.at(0.2)), (log(1.5) + 2 * log(1.8)) / 3)


def test_an_outcome_without_any_doubt_is_believed_and_one_without_any_hold_is_not() -> None:
    assert isclose(after(CURVE, [outcome(error=1e-9)], chance=0.0).at(0.2), 0.8, rel_tol=1e-6)
    assert isclose(after(CURVE, [outcome(error=1e9)], chance=0.0).at(0.2), 0.5, rel_tol=1e-6)


def test_a_deeper_promotion_extends_what_was_seen_and_the_curve_stays_monotone() -> None:
    steps = Curve(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 0.2, 0.5, 0.6]), np.array([0, 0.1, 0.2, 0.3]), 0.2, 10)
    found = after(steps, [outcome(discount=0.3, uplift=0.1, error=0.01)], chance=0.0)
    assert found.deepest == 0.3
    assert (np.diff(found.uplift) >= 0).all()
    assert found.at(0.3) < 0.2


def test_learning_from_what_says_nothing_changes_nothing_however_often() -> None:
    wide = Curve(CURVE.knots, CURVE.uplift, np.array([0.0, 30.0]), 0.2, 10)
    found = wide
    for _ in range(5):
        found = after(found, [outcome(error=1e9)], chance=0.0)
    assert isclose(found.error_at(0.2), 30.0, rel_tol=1e-6)


def test_a_promotion_that_sold_nothing_is_counted_and_breaks_nothing() -> None:
    found = after(CURVE, [outcome(uplift=-1.0, error=0.0)], chance=USUAL_CHANCE)
    assert np.isfinite(found.uplift).all()
    assert -0.95 <= found.at(0.2) < 0.5


def test_what_a_model_learned_from_already_does_not_count_twice() -> None:
    base = model()
    lesson = taught(base, [outcome()])
    assert [change.outcome.source for change in lesson.changes] == ["p1"]
    assert lesson.model.version != base.version
    assert lesson.model.taught == ("p1",)
    # The same post-mortem again, and one of days whose sales were learned from.
    assert taught(lesson.model, [outcome()]).model is lesson.model
    before = outcome(source="p0", first=date(2026, 2, 28))
    assert taught(base, [before]).known == (before,)
    assert taught(base, [before]).model is base
    # The same days under another id (the catalog's, of what was a scenario), in part: taught once; later days are not.
    twin = outcome(source="p2", first=date(2026, 3, 8), last=date(2026, 3, 14))
    assert taught(lesson.model, [twin]).known == (twin,)
    assert len(taught(lesson.model, [outcome(source="p2", first=date(2026, 3, 9))]).changes) == 1
    foreign = outcome(cell=AUDIO)
    assert taught(base, [foreign]).strange == (foreign,)


def test_a_lesson_tells_how_far_each_curve_goes_to_what_was_seen() -> None:
    lesson = taught(model(TV=CURVE, Audio=CURVE), [outcome()])
    (change,) = lesson.changes
    assert (change.before, change.outcome.uplift) == (0.5, 0.8)
    moved = log(1 + change.after) - log(1.5)
    assert isclose(change.weight, moved / (log(1.8) - log(1.5)))
    assert 0 < change.weight < 0.5
    assert lesson.model.curves[AUDIO] is CURVE
    # A piece costs 75 of 100: at 20 % off 5 are left of 80.
    (band,) = [one for one in lesson.model.bands if one.cell == TV and one.band == "10-20"]
    assert (band.discount, band.promo_days) == (0.2, 7)
    assert isclose(band.uplift_units, change.after)


def test_the_order_of_outcomes_and_time_of_teaching_make_no_other_model() -> None:
    first, second = outcome(), outcome(source="p2", uplift=0.3)
    assert taught(model(), [first, second]).model.version == taught(model(), [second, first]).model.version


def test_a_taught_model_is_the_same_after_it_was_kept() -> None:
    then = taught(model(), [outcome()]).model
    row = {
        "model_version": then.version, "fingerprint": then.fingerprint, "sales_from": then.first,
        "sales_to": then.last, "details": json.loads(json.dumps(details(then))),
    }  # fmt: skip
    kept = {cell: json.loads(json.dumps(stored(then, cell))) for cell in then.curves}
    again = model_from(row, kept)
    assert (again.taught, again.taught_days) == (("p1",), ((TV, date(2026, 3, 2), date(2026, 3, 8)),))
    assert isclose(again.curves[TV].at(0.2), then.curves[TV].at(0.2), rel_tol=1e-5)


def test_how_much_promotions_differ_is_told_by_how_far_they_are_off() -> None:
    sure = Curve(CURVE.knots, CURVE.uplift, np.array([0.0, 0.001]), 0.2, 10)
    near = [outcome(source=f"p{n}", uplift=0.5, error=0.001) for n in range(20)]
    far = [outcome(source=f"p{n}", uplift=0.5 * (1 + 0.6 * (-1) ** n), error=0.001) for n in range(20)]
    assert spread_of(model(TV=sure), near) < 0.03
    assert spread_of(model(TV=sure), far) > 0.15
    assert spread_of(model(TV=sure), []) == pytest.approx(USUAL_CHANCE, rel=0.02)
