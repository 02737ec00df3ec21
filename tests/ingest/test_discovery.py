"""Opportunities of a company that can be checked by hand: TVs at 10.00 of which 4.00 are margin, 100 a day, 1,000 of
sales; toys that answer to nothing, 50 a day. A tenth of the sales is variable cost.

Each 5 % off sells three quarters as much again: with a discount d a day of TVs has 100 × (1 + 15 d) pieces, each of
which brings 10 × (1 − d) − 6 − (1 − d) = 3 − 9 d. Without promotion that is 300; of the grid 15 % is best: 325 pieces ×
1.65 = 536.25, and 325 × 8.50 = 2,762.50 of sales. So a day brings 236.25 of EBIT and 1,762.50 of sales.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from analytics.promo.discovery import discovered
from analytics.promo.targets import Change, Goal, Key
from analytics.promo.trial import tried
from analytics.promo.verdict import Check
from data_access.queries.promo_ground import Asked, ground_of
from data_access.queries.promo_models import known
from data_access.queries.promo_opportunities import opportunities
from data_access.queries.promo_sales import Days
from data_access.queries.promo_settings import promo_settings
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.scenarios import save, submit
from data_access.writes.targets import save_targets
from ingest.discovery import UP_TO_DATE, NothingLearned, by_the_clock, discover
from ingest.discovery_beside import begin_looking, looking
from ingest.schedule.context import Context
from pages.frame.scenario_starts import begun_from
from settings import Settings
from tests.promo_rows import TV, draft, in_force
from tests.two_stacks import both_stacks

ADMIN, TODAY = local_admin(), date(2026, 11, 21)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
AHEAD = Days(TODAY, date(2026, 12, 31))


def with_target(stores: Stores, sales: int) -> None:
    """A target of December, of the only region."""
    key = Key("2026-12", "DE")
    save_targets(stores, ADMIN, [Change(key, None, Goal(Decimal(sales), Decimal(20)))])


@both_stacks
def test_what_is_found_is_what_the_simulator_says_of_the_scenario(stores: Stores) -> None:
    with pytest.raises(NothingLearned):
        discover(stores, ADMIN, TODAY)
    in_force(stores, more=3.0)
    # 31 days of 1,050 land at 32,550: 49,350 short, half of which 14 days × 1,762.50 = 24,675 close.
    with_target(stores, 32_550 + 2 * 24_675)
    done = discover(stores, ADMIN, TODAY)
    assert (done.count, done.gaps) == (2, {NOVEMBER: None, DECEMBER: pytest.approx(49_350)})
    december, november = opportunities(stores, ADMIN, AHEAD)
    told = december.found
    assert (told.department, told.channel, told.start, told.end, told.discount_pct) == (
        "TV", "online", DECEMBER, date(2026, 12, 14), 15,
    )  # fmt: skip
    assert (december.ebit, december.gap_share_pct, december.sales) == (Decimal("3307.50"), 50, 24_675)
    # From tomorrow on 9 days are left of November, and no target.
    assert (november.found.start, november.found.end, november.ebit, november.gap_share_pct) == (
        date(2026, 11, 22), date(2026, 11, 28), Decimal("1653.75"), None,
    )  # fmt: skip
    assert told.reason == (
        "15 % off is expected to sell 225 % more pieces than usual (learned from 40 promo days, the deepest at 30 %);"
        " EBIT ends 3,308 above the baseline, days after included. Sales of December rise by 24,675, 50 % of the 49,350"
        " that they would end below target."
    )
    # The scenario that is begun from it, in the simulator.
    held = known(stores, ADMIN)
    assert held is not None
    edited = begun_from(told, TODAY)
    below = ground_of(
        stores, ADMIN, Asked(edited.start, edited.end, None, TODAY), held.model, promo_settings(stores, ADMIN)
    )
    found = tried(below, done.months[DECEMBER][0].content)
    assert [row.stored() for row in found.content.mechanics] == list(edited.rows)
    # Mandatory texts come with the scenario's brief; besides, its month still ends below target.
    assert {issue.type for issue in found.report.issues} == {Check.BRAND_COMPLIANCE, Check.TARGET}
    assert found.simulation.net_ebit_delta == pytest.approx(float(december.ebit))
    assert found.simulation.delta.sales == pytest.approx(24_675)


@both_stacks
def test_what_is_found_anew_takes_the_place_of_what_no_scenario_came_from(stores: Stores) -> None:
    in_force(stores, more=3.0)
    discover(stores, ADMIN, TODAY)
    first, _ = opportunities(stores, ADMIN, AHEAD)
    # Found again it stays the same one.
    discover(stores, ADMIN, TODAY)
    again = opportunities(stores, ADMIN, AHEAD)
    assert (len(again), again[0].found) == (2, first.found)
    # A scenario that comes from it holds TVs on 1 and 2 December once it is submitted.
    of = draft(more=3.0)
    of = replace(of, content=replace(of.content, source_opportunity_id=first.found.opportunity_id))
    kept = save(stores, ADMIN, of, seen=None, save_id=str(uuid.uuid4()))
    submit(stores, ADMIN, kept.scenario_id, seen=1, save_id=str(uuid.uuid4()))
    discover(stores, ADMIN, TODAY)
    rows = opportunities(stores, ADMIN, AHEAD)
    assert [(row.found.start, row.found.end, row.scenario_id) for row in rows] == [
        (DECEMBER, date(2026, 12, 14), kept.scenario_id), (date(2026, 12, 3), date(2026, 12, 16), None),
        (date(2026, 11, 22), date(2026, 11, 28), None),
    ]  # fmt: skip
    # On the last day of November nothing is left of it, and what was found of its days goes.
    discover(stores, ADMIN, date(2026, 11, 30))
    assert [row.found.start.month for row in opportunities(stores, ADMIN, AHEAD)] == [12, 12]
    # In January those of December that nobody took have expired; what a scenario came from stays.
    discover(stores, ADMIN, date(2027, 1, 10))
    every = opportunities(stores, ADMIN, Days(TODAY, date(2027, 12, 31)))
    assert [(row.found.start.isoformat()[:7], row.scenario_id) for row in every if row.found.start.year == 2026] == [
        ("2026-12", kept.scenario_id)
    ]
    assert {row.found.start.isoformat()[:7] for row in every if row.scenario_id is None} == {"2027-01", "2027-02"}


def test_only_what_the_validation_passes_is_proposed(stores: Stores) -> None:
    in_force(stores, more=3.0)
    usual = promo_settings(stores, ADMIN)

    def depths(**limits: object) -> list[float]:
        held = promo_settings(stores, ADMIN)
        chosen = replace(held, limits=replace(usual.limits, **limits), mandatory={"legal": ("Terms apply",)})  # type: ignore[arg-type]
        save_promo_settings(stores, ADMIN, chosen)
        return [one.discount for one in discover(stores, ADMIN, TODAY).months[DECEMBER]]

    # Mandatory texts come with the brief: they are in nobody's way.
    assert depths() == [0.15]
    assert depths(discount_by_department={"TV": 0.1}) == [0.1]
    # 14 days at 15 % give 14 × 2,762.50 × 15 / 85 = 6,825 away, at 10 % 14 × 250 × 9 × 10 / 90 = 3,500.
    assert depths(budget=6_000) == [0.1]
    # With 15 % off 2.50 of 8.50 are margin: 29.4 %; with 10 % 3 of 9; with 5 % 3.50 of 9.50, 36.8 %.
    assert depths(margin=0.35, margin_points_below_baseline=0.0) == [0.05]
    assert depths(discount_at_most=0.04, discount=0.04) == []
    # A shop that sells a tenth more at 20 % off loses with every discount.
    in_force(stores, "u2", more=0.1)
    assert discover(stores, ADMIN, TODAY).sentence.startswith("No promotion was found")
    assert opportunities(stores, ADMIN, AHEAD) == ()


def test_a_gap_that_is_none_has_no_share(stores: Stores) -> None:
    in_force(stores, more=3.0)
    held = known(stores, ADMIN)
    assert held is not None
    asked = Asked(date(2026, 12, 30), date(2026, 12, 31), None, TODAY)
    below = ground_of(stores, ADMIN, asked, held.model, promo_settings(stores, ADMIN))
    # Two days are left, which is shorter than all lengths that are looked for.
    (found,) = discovered(below, -5.0)
    assert (found.cell, found.start, found.end, found.gap_share_pct) == (TV, asked.start, asked.end, None)
    assert "below target" not in found.reason


def test_the_clock_looks_where_something_changed_and_each_day(stores: Stores, settings: Settings) -> None:
    def run() -> str:
        now = datetime.now(UTC)
        return by_the_clock(Context(stores, settings, ADMIN, "", lambda: now, lambda: False)).message

    assert run().startswith("No uplift model is in force")
    in_force(stores, more=3.0)
    assert "found: " in run()
    assert run() == UP_TO_DATE
    with_target(stores, 90_000)
    assert "found: " in run()
    thread = begin_looking(stores, ADMIN, TODAY)
    assert thread is not None
    thread.join()
    ended = looking(stores)
    assert ended is not None
    assert (ended.running, ended.failed, ended.said[:21]) == (False, False, "2 opportunities found")
    with pytest.raises(NotPermitted):
        begin_looking(stores, granted("rita", [], [Right.PROMO_READ]), TODAY)
