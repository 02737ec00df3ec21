"""Each check of a scenario at, below and above its limit: 100 pieces a day at 10.00, margin 25 %, cost rate 10 %."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Knowledge, Terms
from analytics.promo.validation import confidence, validate
from analytics.promo.verdict import Check, Fix, Issue, Limits, Occupied, Report, Surroundings

TV, GAMING = Cell("TV", "online"), Cell("Gaming", "online")


def baseline(margin: float = 2.5, days: int = 2) -> Baseline:
    ones = np.full((2, days), 100.0)
    first = date(2026, 10, 10)
    told = tuple(first + timedelta(days=n) for n in range(days))
    return Baseline((TV, GAMING), told, ones, ones * 10, ones * margin, np.zeros(2))


def curve(uplift: float = 3.0, deepest: float = 0.5, error: float = 0.0) -> Curve:
    """The same uplift from 1 % off on."""
    return Curve(np.array([0, 0.01, 0.5]), np.array([0, uplift, uplift]), np.full(3, error), deepest, 20)


def found(
    terms: list[Terms],
    check: Check,
    *,
    told: Baseline | None = None,
    known: Knowledge | None = None,
    limits: Limits | None = None,
    near: Surroundings | None = None,
) -> list[Issue]:
    report = validate(
        told or baseline(), terms, known or Knowledge({TV: curve(), GAMING: curve()}), limits or Limits(),
        near or Surroundings(),
    )  # fmt: skip
    return [issue for issue in report.issues if issue.type is check]


def test_all_is_well() -> None:
    report = validate(baseline(), [Terms(TV, 0.05)], Knowledge({TV: curve()}), Limits(), Surroundings())
    assert (report.issues, report.status, report.overall_score) == ((), "PASS", 100)


def test_the_report() -> None:
    def issue(severity: str) -> Issue:
        return Issue(Check.BUDGET, severity, "", "", None)

    assert Report((issue("low"),)).status == "PASS"
    assert Report((issue("low"), issue("medium"))).status == "WARN"
    blocked = Report((issue("high"), issue("medium"), issue("low")))
    assert (blocked.status, blocked.overall_score) == ("BLOCK", 40)
    assert Report((issue("high"),) * 3).overall_score == 0


@pytest.mark.parametrize(("depth", "severity"), [(0.25, []), (0.26, ["medium"]), (0.4, ["medium"]), (0.41, ["high"])])
def test_discount_limit(depth: float, severity: list[str]) -> None:
    issues = found([Terms(TV, depth)], Check.DISCOUNT_LIMIT)
    assert [issue.severity for issue in issues] == severity
    for issue in issues:
        assert issue.fix is not None
        assert issue.fix.depths == {0: pytest.approx(0.25)}
        assert issue.affected_department == "TV"
    assert found([Terms(TV, 0.26)], Check.DISCOUNT_LIMIT, limits=Limits(discount_by_department={"TV": 0.3})) == []
    # A department's own ceiling of 50 % does not lift the 40 % that are the most at all.
    own = Limits(discount_by_department={"TV": 0.5})
    assert found([Terms(TV, 0.4)], Check.DISCOUNT_LIMIT, limits=own) == []
    (deep,) = found([Terms(TV, 0.45)], Check.DISCOUNT_LIMIT, limits=own)
    assert deep.severity == "high"
    assert deep.fix is not None
    assert deep.fix.depths == {0: pytest.approx(0.4)}
    # 50 % for a fifth of the revenue is 10 % of all of it.
    assert found([Terms(TV, 0.5, reach=0.2)], Check.DISCOUNT_LIMIT) == []


def test_margin_threshold() -> None:
    # The floor is 25 − 8 = 17 %: 9.70 leaves 2.20 of it (22.7 %), 8.50 leaves 1.00 (11.8 %), 7.00 loses 0.50.
    assert found([Terms(TV, 0.03)], Check.MARGIN_THRESHOLD) == []
    (medium,) = found([Terms(TV, 0.15)], Check.MARGIN_THRESHOLD)
    assert (medium.severity, medium.message) == ("medium", "TV: a margin of 11.8 % is below 17 %")
    # 5 % off leaves 2.00 of 9.50 (21.1 %), 10 % off 1.50 of 9.00 (16.7 %).
    assert medium.fix == Fix(depths={0: 0.05})
    (high,) = found([Terms(TV, 0.3)], Check.MARGIN_THRESHOLD)
    assert high.severity == "high"
    # With a margin of 40 % the floor is 18 %.
    (told,) = found([Terms(TV, 0.28)], Check.MARGIN_THRESHOLD, told=baseline(4.0))
    assert told.message == "TV: a margin of 16.7 % is below 18 %"
    # A department that sells at 2 % is held at 0, which no step of the grid reaches.
    (thin,) = found([Terms(TV, 0.05)], Check.MARGIN_THRESHOLD, told=baseline(0.2))
    assert (thin.severity, thin.suggested_fix, thin.fix) == ("high", "Leave it out", Fix(drop=[0]))


def test_ebit_below_the_baseline() -> None:
    # 10 % off and no more sold: each step of the grid loses.
    known = Knowledge({TV: curve(0.0), GAMING: curve(0.0)})
    (issue,) = found([Terms(TV, 0.1)], Check.KPI_PLAUSIBILITY, known=known)
    # 200 pieces × 1.00 × 0.9 of EBIT.
    assert issue.message == "EBIT ends 180 below the baseline"
    assert issue.fix == Fix(drop=(0,))
    assert issue.suggested_fix == "Leave TV, online out: no step of the grid earns its cost there"
    (both,) = found([Terms(TV, 0.1), Terms(GAMING, 0.1)], Check.KPI_PLAUSIBILITY, known=known)
    assert both.suggested_fix.startswith("Leave TV, online and Gaming, online out: ")
    # Three times as much sold at 5 % off earns, at 15 % off it does not.
    (told,) = found([Terms(TV, 0.2)], Check.KPI_PLAUSIBILITY, known=Knowledge({TV: curve(2.0)}))
    assert told.fix is not None
    assert told.fix.depths == {0: 0.05}
    assert told.suggested_fix == "The best steps of the grid for EBIT: TV, online 5 %"
    mixed = Knowledge({TV: curve(2.0), GAMING: curve(0.0)})
    (each,) = found([Terms(TV, 0.2), Terms(GAMING, 0.1)], Check.KPI_PLAUSIBILITY, known=mixed)
    assert each.suggested_fix == (
        "The best steps of the grid for EBIT: TV, online 5 %; leave Gaming, online out: no step of the grid earns its "
        "cost there"
    )


def test_a_discount_never_seen() -> None:
    known = Knowledge({TV: curve(deepest=0.04)})
    (issue,) = found([Terms(TV, 0.05)], Check.KPI_PLAUSIBILITY, known=known)
    assert issue.severity == "medium"
    assert issue.fix is not None
    assert issue.fix.depths == {0: pytest.approx(0.04)}
    never = Knowledge({TV: curve(deepest=0.0)})
    (told,) = found([Terms(TV, 0.05)], Check.KPI_PLAUSIBILITY, known=never)
    assert told.fix == Fix(drop=[0])


def test_an_uncertain_uplift() -> None:
    assert confidence(0.5, 0) == 1
    # Half of the 90 % interval is 1.645 × 0.1 of an uplift of 0.5.
    assert confidence(0.5, 0.1) == pytest.approx(1 - 0.16448536 / 0.5)
    # Small uplifts are measured against ten points.
    assert confidence(0.01, 0.05) == pytest.approx(1 - 0.08224268 / 0.1)
    assert confidence(0.1, 1) == 0
    (issue,) = found([Terms(TV, 0.05)], Check.KPI_PLAUSIBILITY, known=Knowledge({TV: curve(3.0, error=1.5)}))
    assert issue.severity == "low"
    assert "confidence 0.18" in issue.message


@pytest.mark.parametrize(("effect", "severity"), [(-0.29, []), (-0.31, ["medium"]), (-0.61, ["high"]), (0.5, [])])
def test_cannibalization(effect: float, severity: list[str]) -> None:
    # TV wins 100 % of 200 pieces; Gaming loses so much of its own 200.
    known = Knowledge({TV: curve(1.0), GAMING: curve(1.0)}, (CrossEffect(TV, GAMING, effect),))
    issues = found([Terms(TV, 0.05)], Check.CANNIBALIZATION_RISK, known=known)
    assert [issue.severity for issue in issues] == severity
    for issue in issues:
        assert issue.fix == Fix(drop=(0,))


def test_overlap_names_the_nearest_free_dates() -> None:
    other = Occupied("Autumn", TV, date(2026, 10, 11), date(2026, 10, 14))
    (issue,) = found([Terms(TV, 0.05)], Check.OVERLAP, near=Surroundings([other]))
    assert "'Autumn' runs there from 11 Oct 2026 to 14 Oct 2026" in issue.message
    # 10 and 11 October: one day earlier is free.
    assert issue.fix == Fix(start=date(2026, 10, 9), end=date(2026, 10, 10))
    # What is over cannot be chosen: from the 10th on, the 15th and 16th are the nearest.
    (later,) = found([Terms(TV, 0.05)], Check.OVERLAP, near=Surroundings([other], not_before=date(2026, 10, 10)))
    assert later.fix == Fix(start=date(2026, 10, 15), end=date(2026, 10, 16))
    assert found([Terms(GAMING, 0.05)], Check.OVERLAP, near=Surroundings([other])) == []
    after = replace(other, start=date(2026, 10, 12))
    assert found([Terms(TV, 0.05)], Check.OVERLAP, near=Surroundings([after])) == []


def test_budget() -> None:
    # 800 pieces × 0.50 given and 100 fixed.
    terms = [Terms(TV, 0.05, fixed_cost=100)]
    assert found(terms, Check.BUDGET, limits=Limits(budget=500)) == []
    (issue,) = found(terms, Check.BUDGET, limits=Limits(budget=420))
    assert issue.message == "It costs 500 (discount given, fixed cost, less funding); the budget is 420"
    # 320 of 400: 4 % off.
    assert issue.fix is not None
    assert issue.fix.depths == {0: pytest.approx(0.04)}
    (none,) = found(terms, Check.BUDGET, limits=Limits(budget=90))
    assert none.fix is None


def test_stock() -> None:
    assert found([Terms(TV, 0.05, stock_cap=800)], Check.STOCK) == []
    rising = Knowledge({TV: Curve(np.array([0, 0.2]), np.array([0, 2.0]), np.zeros(2), 0.2, 20)})
    # 20 % off: 600 pieces; 10 % off: 400; 15 % off: 500.
    (issue,) = found([Terms(TV, 0.2, stock_cap=450)], Check.STOCK, known=rising)
    assert (issue.severity, issue.fix) == ("high", Fix(depths={0: 0.1}))
    (gone,) = found([Terms(TV, 0.2, stock_cap=150)], Check.STOCK, known=rising)
    assert gone.fix == Fix(drop=(0,))


def test_stock_with_what_others_bring_or_take() -> None:
    """TV alone: 400 at 10 % off, 600 at 20 %. Gaming's uplift of 300 % brings it 30 a day, or takes 30."""
    rising = Curve(np.array([0, 0.2]), np.array([0, 2.0]), np.zeros(2), 0.2, 20)
    for effect, depth, cap, fixes in ((0.1, 0.1, 450, [{0: 0.05}]), (0.1, 0.1, 460, []), (-0.1, 0.2, 540, [])):
        known = Knowledge({TV: rising, GAMING: curve()}, (CrossEffect(GAMING, TV, effect),))
        issues = found([Terms(TV, depth, stock_cap=cap), Terms(GAMING, 0.05)], Check.STOCK, known=known)
        assert [issue.fix.depths for issue in issues if issue.fix] == fixes


def test_target_and_brand() -> None:
    near = Surroundings(landing=900.0, target=1000.0, month="October 2026", missing_elements=["legal note"])
    (target,) = found([Terms(TV, 0.05)], Check.TARGET, near=near)
    assert (target.severity, target.message) == ("low", "October 2026 would land at 900, 100 below its target")
    (brand,) = found([Terms(TV, 0.05)], Check.BRAND_COMPLIANCE, near=near)
    assert (brand.severity, brand.fix) == ("medium", Fix(add=("legal note",)))
    assert found([Terms(TV, 0.05)], Check.TARGET, near=Surroundings(landing=1000.0, target=1000.0)) == []


def test_an_issue_as_it_is_stored() -> None:
    (issue,) = found([Terms(TV, 0.15)], Check.MARGIN_THRESHOLD)
    assert issue.stored() == {
        "type": "margin_threshold",
        "severity": "medium",
        "message": "TV: a margin of 11.8 % is below 17 %",
        "suggested_fix": "The deepest discount of the grid that holds it: 5 %",
        "affected_department": "TV",
    }


def test_an_empty_scenario_is_checked_without_rows() -> None:
    report = validate(baseline(), [], Knowledge({}), Limits(), Surroundings())
    assert report.status == "PASS"
