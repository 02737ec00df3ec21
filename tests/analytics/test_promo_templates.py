"""Templates by hand: depths to the grid, departments by their result, and each type's own rule."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.promo.mechanics import Segment
from analytics.promo.optimiser import GRID
from analytics.promo.templates import (
    Company,
    NoTemplate,
    ScenarioType,
    Template,
    depth_of,
    keeping,
    template,
)
from analytics.promo.terms import Baseline, Cell, Curve, Form, Knowledge
from analytics.promo.verdict import Limits

FIRST = date(2026, 10, 1)
TV, AUDIO, TOYS = Cell("TV", "online"), Cell("Audio", "online"), Cell("Toys", "online")


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def store(days: int = 5) -> tuple[Baseline, Knowledge]:
    """100 pieces a day and department at 10 with a cost of 4; without a promotion each earns 10 × 0.9 − 4 = 5.

    Uplift at 10, 15, 20 %: TV +70, +100, +120 %; audio +10, +20, +30 %; toys +60, +80, +120 %.
    """
    cells = (TV, AUDIO, TOYS)
    units = np.full((3, days), 100.0)
    baseline = Baseline(
        cells, tuple(day_of(n + 1) for n in range(days)), units, units * 10, units * 6, np.zeros(3)
    )  # fmt: skip
    knots = np.array([0, 0.1, 0.15, 0.2, 0.4])

    def curve(*uplifts: float) -> Curve:
        return Curve(knots, np.array([0, *uplifts, uplifts[-1]]), np.zeros(5), 0.4, 30)

    return baseline, Knowledge({TV: curve(0.7, 1, 1.2), AUDIO: curve(0.1, 0.2, 0.3), TOYS: curve(0.6, 0.8, 1.2)})


def made(kind: ScenarioType, company: Company | None = None, days: int = 5) -> Template:
    return template(kind, *store(days), company or Company(Limits()))


@pytest.mark.parametrize(
    ("kind", "ceiling", "depth"),
    [
        (ScenarioType.CONSERVATIVE, 0.25, 0.10),
        (ScenarioType.BALANCED, 0.25, 0.15),
        # 22.5 % lies between two steps: the smaller discount.
        (ScenarioType.AGGRESSIVE, 0.25, 0.20),
        (ScenarioType.FLASH, 0.25, 0.20),
        (ScenarioType.CONSERVATIVE, 0.40, 0.15),
        (ScenarioType.BALANCED, 0.40, 0.25),
        (ScenarioType.AGGRESSIVE, 0.40, 0.35),
        # 90 % of 18 % is 16.2 %; of 22 %, 19.8 %; neither goes above its ceiling.
        (ScenarioType.AGGRESSIVE, 0.18, 0.15),
        (ScenarioType.AGGRESSIVE, 0.22, 0.20),
        (ScenarioType.CONSERVATIVE, 0.05, 0.05),
        (ScenarioType.FLASH, 0.05, 0.05),
        (ScenarioType.BALANCED, 0.04, 0.0),
    ],
)  # fmt: skip
def test_the_share_of_a_ceiling_goes_to_the_grid(kind: ScenarioType, ceiling: float, depth: float) -> None:
    assert depth_of(kind, ceiling, GRID) == depth


def test_departments_are_chosen_by_what_they_bring_and_not_by_their_discount() -> None:
    # A piece earns 8.5 × 0.9 − 4 = 3.65 at 15 %. TV: 2 × 3.65 − 5 = 2.30; toys: 1.8 × 3.65 − 5 = 1.57; audio:
    # 1.2 × 3.65 − 5 = −0.62. Audio may go deepest and is still left out.
    deepest = Company(Limits(discount_by_department={"Audio": 0.4}))
    found = made(ScenarioType.BALANCED, deepest)
    assert [(row.department, row.discount_pct) for row in found.rows] == [("TV", 15.0), ("Toys", 15.0)]
    assert found.expected == pytest.approx((2.30 + 1.57) * 500)
    assert not found.notes
    one = made(ScenarioType.BALANCED, Company(Limits(), most_departments=1))
    assert [row.department for row in one.rows] == ["TV"]


def test_shares_of_the_ceiling() -> None:
    ceilings = Company(Limits(discount_by_department={"TV": 0.4}))
    found = {kind: made(kind, ceilings).rows for kind in list(ScenarioType)[:3]}
    told = {kind.value: {row.department: row.discount_pct for row in rows} for kind, rows in found.items()}
    # TV at 15, 25, 35 %: 2 × 3.65 − 5 > 0, 2.2 × 2.75 − 5 > 0, 2.2 × 1.85 − 5 < 0. Toys at 10, 15, 20 %:
    # 1.6 × 4.1 − 5, 1.8 × 3.65 − 5, 2.2 × 3.2 − 5, all above 0.
    assert told == {
        "conservative": {"TV": 15.0, "Toys": 10.0},
        "balanced": {"TV": 25.0, "Toys": 15.0},
        "aggressive": {"Toys": 20.0},
    }


def test_flash_takes_at_most_three_days_and_one_step_more() -> None:
    found = made(ScenarioType.FLASH)
    assert (found.start, found.end) == (day_of(1), day_of(3))
    # 20 %: a piece earns 8 × 0.9 − 4 = 3.2; TV and toys 2.2 × 3.2 − 5 = 2.04 on 300 pieces each.
    assert {row.department: row.discount_pct for row in found.rows} == {"TV": 20.0, "Toys": 20.0}
    assert found.expected == pytest.approx(2 * 2.04 * 300)
    assert (made(ScenarioType.FLASH, days=2).end) == day_of(2)


def test_a_coupon_is_used_by_three_in_ten() -> None:
    found = made(ScenarioType.COUPON)
    row = found.rows[0]
    assert (row.department, row.discount_pct, row.form, row.redemption) == ("TV", 15.0, Form.COUPON, 0.3)
    # Effective 4.5 %: uplift 0.7 × 0.45 = 31.5 %, a piece earns 9.55 × 0.9 − 4 = 4.595: 1.315 × 4.595 − 5 = 1.042425.
    # Toys: 0.6 × 0.45 = 27 %, 1.27 × 4.595 − 5 = 0.83565. Audio: 1.045 × 4.595 − 5 < 0.
    assert found.expected == pytest.approx((1.042425 + 0.83565) * 500)
    assert made(ScenarioType.COUPON, Company(Limits(), redemption=0.5)).rows[0].redemption == 0.5


def test_member_only_reaches_the_members() -> None:
    segments = [Segment("CLUB", 0.2), Segment("VIP", 0.1), Segment("OTHERS", 0.7)]
    found = made(ScenarioType.MEMBER_ONLY, Company(Limits(), segments, members=("CLUB", "VIP")))
    assert found.rows[0].segments == ("CLUB", "VIP")
    assert found.rows[0].form is Form.MEMBER_ONLY
    # Reach 30 % of 15 %: 4.5 % as the coupon above.
    assert found.expected == pytest.approx((1.042425 + 0.83565) * 500)
    with pytest.raises(NoTemplate, match="which segments"):
        made(ScenarioType.MEMBER_ONLY, Company(Limits(), segments))


def test_the_best_deal_is_the_best_step_of_each_department() -> None:
    found = made(ScenarioType.BEST_DEAL)
    # TV: 5 % 1.35 × 4.55 − 5 = 1.1425, 10 % 1.7 × 4.1 − 5 = 1.97, 15 % 2.30, 20 % 2.04, 25 % 2.2 × 2.75 − 5 = 1.05.
    # Toys: 1.56 at 10 %, 1.57 at 15 %, 2.04 at 20 %, 1.05 at 25 %. Audio loses at every step.
    assert {row.department: row.discount_pct for row in found.rows} == {"TV": 15.0, "Toys": 20.0}
    assert found.expected == pytest.approx((2.30 + 2.04) * 500)
    tight = made(ScenarioType.BEST_DEAL, Company(Limits(budget=1000.0)))
    # 500 pieces × 1.35 × 0.5 off cost 337.50; 10 % of TV costs 850, of toys 800: TV at 10 % alone, or both at 5 %
    # (337.50 + 325, worth 571.25 + 457.50 = 1028.75), against 985 + nothing.
    assert {row.department: row.discount_pct for row in tight.rows} == {"TV": 5.0, "Toys": 5.0}


def test_a_department_below_its_floor_does_not_forbid_the_others() -> None:
    # Audio's floor is above its margin whatever is done, so that nothing may be offered there.
    limits = Limits(margin_by_department={"Audio": 0.9}, margin_points_below_baseline=-0.4)
    found = made(ScenarioType.BEST_DEAL, Company(limits))
    assert {row.department for row in found.rows} == {"TV", "Toys"}


def test_where_nothing_earns_the_smallest_loss_is_told() -> None:
    baseline, knowledge = store()
    audio = Knowledge({AUDIO: knowledge.curves[AUDIO]})
    found = template(ScenarioType.BALANCED, baseline, audio, Company(Limits()))
    assert [row.department for row in found.rows] == ["Audio"]
    assert found.expected == pytest.approx(-0.62 * 500)
    assert "Audio loses least" in found.notes[0]
    assert template(ScenarioType.BEST_DEAL, baseline, audio, Company(Limits())).rows == ()
    with pytest.raises(NoTemplate, match="promolens uplift"):
        template(ScenarioType.BALANCED, baseline, Knowledge({}), Company(Limits()))


def test_what_an_optimised_scenario_keeps() -> None:
    baseline, _ = store()
    kept = keeping(baseline, Limits(discount_by_department={"TV": 0.5}, margin_by_department={"Toys": 0.55}))
    # 60 % without promotions: 8 points below are 52 %, which is lower than the toys' 55 % only.
    assert kept.department_floors == pytest.approx({"TV": 0.18, "Audio": 0.18, "Toys": 0.52})
    assert kept.ceilings == {TV: 0.4, AUDIO: 0.25, TOYS: 0.25}
    assert kept.budget == 350_000
