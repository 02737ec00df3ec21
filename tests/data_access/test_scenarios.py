"""Scenarios as planners and approvers keep them: nothing is lost, doubled or overwritten, on every engine."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from analytics.promo.mechanics import Mechanic
from analytics.promo.scenarios import InvalidDraft, State
from analytics.promo.settings import PromoSettings
from analytics.promo.terms import Cell
from analytics.promo.verdict import Check, Occupied
from data_access.queries import promo_scenarios as asked
from data_access.queries.promo_comparison import sides
from data_access.queries.promo_state import company_state
from data_access.scope import NotPermitted, Right, Scope, granted
from data_access.stores import Stores
from data_access.writes import scenarios as writes
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.scenarios import ScenarioBlocked, ScenarioChanged, StepRefused, UnknownScenario
from tests.promo_rows import BLOCK, HERO, draft, in_force, moved

PLANNING = [Right.PROMO_READ, Right.PROMO_WRITE]
ANN, BOB = granted("ann", [], PLANNING), granted("bob", [], PLANNING)
EVE = granted("eve", [], [Right.PROMO_READ, Right.PROMO_APPROVE])
DEEPER = replace(HERO, discount_pct=30.0)


def one() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


def counted(stores: Stores) -> dict[str, int]:
    """Rows of the tables that a save writes."""
    tables = ("promo_scenarios", "scenario_kpis", "validation_reports", "scenario_versions", "audit_log")
    with stores.operational.read() as session:
        return {
            name: int(session.query_text(f"SELECT count(*) AS n FROM {name}", {})["n"][0].as_py()) for name in tables
        }


def standing(stores: Stores, scenario_id: str) -> asked.Standing:
    found = asked.scenario(stores, ANN, scenario_id)
    assert found is not None
    return found


def submitted(stores: Stores) -> str:
    """A scenario of Ann's in its second version, submitted."""
    saved = writes.save(stores, ANN, draft(), seen=None, save_id=one())
    writes.submit(stores, ANN, saved.scenario_id, seen=1, save_id=one())
    return saved.scenario_id


def test_a_save_keeps_rows_figures_and_validation_together(stores: Stores) -> None:
    saved = writes.save(stores, ANN, draft(), seen=None, save_id=one())
    assert (saved.version, saved.fresh) == (1, True)
    found = standing(stores, saved.scenario_id)
    assert found.version.content == draft().content
    assert (found.version.state, found.version.author, found.version.model_version) == (State.DRAFT, "ann", "u1")
    # 2 days of 150 TVs at 8.00, which cost 6.00, and 10 toys at 5.00, which cost 4.00; before: 100 TVs at 10.00.
    assert found.kpis is not None
    assert found.kpis.total_sales_value == Decimal("2500.00")
    assert found.kpis.total_margin_value == Decimal("620.00")
    assert found.kpis.margin_value_delta == Decimal("-200.00")
    assert (found.kpis.total_units, found.kpis.units_delta) == (320, 100)
    assert found.kpis.kpi_breakdown == draft().kpis.kpi_breakdown
    assert found.validation == {"status": "PASS", "overall_score": 100, "issues": []}
    [row] = asked.scenarios(stores, ANN)
    assert (row.label, row.cells, row.version, row.approved_version) == (
        "October push", (Cell("TV", "online"),), 1, None,
    )  # fmt: skip
    assert (row.total_sales_value, row.units_delta) == (Decimal("2500.00"), 100)
    with stores.operational.read() as session:
        view = session.query_text("SELECT * FROM scenario_comparison_view", {}).to_pylist()
    assert [(line["label"], line["validation_status"]) for line in view] == [("October push", "PASS")]


def test_each_save_is_a_version_that_tells_what_changed(stores: Stores) -> None:
    first = writes.save(stores, ANN, draft(), seen=None, save_id=one())
    id = first.scenario_id
    second = writes.save(
        stores, BOB, draft(DEEPER, Mechanic("Toys", "online", 10), scenario_id=id), seen=1, save_id=one()
    )
    assert second.version == 2
    newest, oldest = asked.versions(stores, ANN, id)
    assert [newest.number, newest.author, oldest.number, oldest.author] == [2, "bob", 1, "ann"]
    assert newest.changes["rows"] == {
        "added": [{"department": "Toys", "channel": "online", "discount_pct": 10, "segments": ["ALL"], "notes": ""}],
        "changed": [
            {"department": "TV", "channel": "online", "segments": ["ALL"], "fields": {"discount_pct": [20, 30]}},
        ],
    }  # fmt: skip
    # 175 TVs a day at 7.00 and 10 toys at 4.50.
    assert newest.changes["kpis"]["total_sales_value"] == [2500, 2540]
    assert "fields" not in newest.changes
    assert oldest.kpis is not None
    assert oldest.kpis.total_sales_value == Decimal("2500.00")
    assert counted(stores)["validation_reports"] == 1
    [row] = asked.scenarios(stores, ANN)
    assert row.total_sales_value == Decimal("2540.00")


def test_a_save_that_changes_nothing_makes_no_version(stores: Stores) -> None:
    id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    again = writes.save(stores, ANN, moved(draft(), id), seen=1, save_id=one())
    assert (again.version, again.fresh) == (1, False)
    assert len(asked.versions(stores, ANN, id)) == 1


def test_a_double_click_saves_once(stores: Stores) -> None:
    click = one()
    found = [writes.save(stores, ANN, draft(), seen=None, save_id=click) for _ in range(2)]
    assert [each.fresh for each in found] == [True, False]
    assert found[0].scenario_id == found[1].scenario_id
    deeper, click = moved(draft(DEEPER), found[0].scenario_id), one()
    twice = [writes.save(stores, ANN, deeper, seen=1, save_id=click) for _ in range(2)]
    assert [(each.version, each.fresh) for each in twice] == [(2, True), (2, False)]
    handed = one()
    for _ in range(2):
        writes.submit(stores, ANN, found[0].scenario_id, seen=2, save_id=handed)
    assert counted(stores) | {"audit_log": 3} == {
        "promo_scenarios": 1, "scenario_kpis": 2, "validation_reports": 1, "scenario_versions": 3, "audit_log": 3,
    }  # fmt: skip


def test_the_second_of_two_planners_is_told_what_the_first_changed(stores: Stores) -> None:
    id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    writes.save(stores, ANN, draft(DEEPER, label="Deeper", scenario_id=id), seen=1, save_id=one())
    late = draft(replace(HERO, discount_pct=10.0), scenario_id=id)
    with pytest.raises(ScenarioChanged, match="ann saved version 2 after you opened version 1") as raised:
        writes.save(stores, BOB, late, seen=1, save_id=one())
    assert raised.value.changes["fields"] == {"label": ["October push", "Deeper"]}
    assert raised.value.changes["rows"]["changed"][0]["fields"] == {"discount_pct": [20, 30]}
    assert raised.value.standing.number == 2
    assert standing(stores, id).version.content.mechanics == (DEEPER,)
    assert writes.save(stores, BOB, late, seen=2, save_id=one()).version == 3
    with pytest.raises(ScenarioChanged, match="bob saved version 3"):
        writes.submit(stores, ANN, id, seen=2, save_id=one())


def test_of_two_who_save_at_the_same_moment_one_is_told(stores: Stores) -> None:
    id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    ready = Barrier(2)

    def save(scope: Scope, discount: float) -> str:
        ready.wait(30)
        try:
            late = draft(replace(HERO, discount_pct=discount), scenario_id=id)
            return f"saved {writes.save(stores, scope, late, seen=1, save_id=one()).version}"
        except ScenarioChanged as changed:
            return f"told of {changed.standing.number}"

    with ThreadPoolExecutor(2) as people:
        found = [people.submit(save, scope, depth) for scope, depth in ((ANN, 10.0), (BOB, 30.0))]
    assert sorted(each.result() for each in found) == ["saved 2", "told of 2"]
    assert [version.number for version in asked.versions(stores, ANN, id)] == [2, 1]


def test_a_save_that_breaks_off_leaves_nothing(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    before, state, version = counted(stores), standing(stores, id), company_state(stores, ANN)

    def broken(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writes, "note", broken)
    for wanted, seen in ((draft(label="New"), None), (draft(DEEPER, scenario_id=id), 1)):
        with pytest.raises(KeyboardInterrupt):
            writes.save(stores, ANN, wanted, seen=seen, save_id=one())
    with pytest.raises(KeyboardInterrupt):
        writes.submit(stores, ANN, id, seen=1, save_id=one())
    monkeypatch.undo()
    assert (counted(stores), standing(stores, id), company_state(stores, ANN)) == (before, state, version)


def test_approval_freezes_what_was_submitted_whatever_is_edited_later(stores: Stores) -> None:
    id = submitted(stores)
    assert asked.frozen(stores, ANN, id) is None
    approved = writes.approve(stores, EVE, id, seen=2, save_id=one(), comment="Go")
    frozen = asked.frozen(stores, ANN, id)
    assert frozen is not None
    assert (frozen.version, frozen.approved_by) == (3, "eve")
    assert frozen.forecast["days"] == ["2026-12-01", "2026-12-02"]
    tv = next(cell for cell in frozen.forecast["cells"] if cell["department"] == "TV")
    assert (tv["units"], tv["sales_value"], tv["baseline_sales_value"]) == ([150, 150], [1200, 1200], [1000, 1000])
    # EBIT: margin less a tenth of sales.
    assert tv["ebit"] == [180, 180]
    assert frozen.forecast["totals"] == {"units": 320, "sales_value": 2500, "margin_value": 620, "ebit": 370}
    low, high = frozen.forecast["intervals"]["units"]
    assert low < 320 < high
    edited = writes.save(stores, ANN, moved(draft(DEEPER), id), seen=approved.version, save_id=one())
    assert edited.changes["state"] == ["approved", "draft"]
    assert standing(stores, id).version.state is State.DRAFT
    assert asked.frozen(stores, ANN, id) == frozen
    [row] = asked.scenarios(stores, ANN)
    assert (row.approved_version, row.version, row.state) == (3, 4, State.DRAFT)
    writes.submit(stores, ANN, id, seen=4, save_id=one())
    writes.approve(stores, EVE, id, seen=5, save_id=one())
    later = asked.frozen(stores, ANN, id)
    assert later is not None
    assert (later.version, later.forecast["totals"]["units"]) == (6, 370)


def test_what_blocks_cannot_be_submitted(stores: Stores) -> None:
    id = writes.save(stores, ANN, draft(report=BLOCK), seen=None, save_id=one()).scenario_id
    assert standing(stores, id).validation == {
        "status": "BLOCK", "overall_score": 60,
        "issues": [{"type": "budget", "severity": "high", "message": "It costs too much",
                    "suggested_fix": "Scale the discounts", "affected_department": None}],
    }  # fmt: skip
    with pytest.raises(ScenarioBlocked, match="1 issue is of high severity") as raised:
        writes.submit(stores, ANN, id, seen=1, save_id=one())
    assert raised.value.report == BLOCK
    assert standing(stores, id).version.state is State.DRAFT


def test_a_submission_is_checked_from_what_is_stored(stores: Stores) -> None:
    """45 % off is above the ceiling of 40 %, whatever the page said when it saved: it stays a draft. 20 % off may run:
    the check's own report is kept, with the legal note that the page did not miss."""
    in_force(stores)
    deep = writes.save(stores, ANN, draft(replace(HERO, discount_pct=45.0)), seen=None, save_id=one()).scenario_id
    with pytest.raises(ScenarioBlocked) as raised:
        writes.submit(stores, ANN, deep, seen=1, save_id=one())
    high = [issue.type for issue in raised.value.report.issues if issue.severity == "high"]
    assert Check.DISCOUNT_LIMIT in high
    assert (standing(stores, deep).version.state, standing(stores, deep).version.number) == (State.DRAFT, 1)
    fine = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    writes.submit(stores, ANN, fine, seen=1, save_id=one())
    kept = standing(stores, fine)
    assert kept.version.state is State.SUBMITTED
    assert kept.validation is not None
    assert kept.validation["status"] == "WARN"
    assert "brand_compliance" in [issue["type"] for issue in kept.validation["issues"]]
    assert asked.versions(stores, ANN, fine)[0].validation == kept.validation


def test_what_was_saved_before_the_model_or_the_settings_changed_has_to_be_checked_again(stores: Stores) -> None:
    """20 % off now sells twice as much, then costs 20 % of sales in the shop's own cost instead of 10 %."""
    in_force(stores)
    id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    in_force(stores, "u2", 1.0)
    with pytest.raises(StepRefused, match="check again"):
        writes.submit(stores, ANN, id, seen=1, save_id=one())
    other = writes.save(stores, ANN, draft(label="Dearer"), seen=None, save_id=one()).scenario_id
    in_force(stores)
    save_promo_settings(stores, ANN, replace(PromoSettings(), usual_variable_cost=0.2))
    with pytest.raises(StepRefused, match="check again"):
        writes.submit(stores, ANN, other, seen=1, save_id=one())
    assert {standing(stores, one_of).version.state for one_of in (id, other)} == {State.DRAFT}


def test_of_two_who_submit_for_the_same_days_at_once_the_second_is_told_of_the_first(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were checked while neither held the days; whoever comes second is checked again, and its report tells."""
    in_force(stores)
    ids = {
        label: writes.save(stores, ANN, draft(label=label), seen=None, save_id=one()).scenario_id
        for label in ("First push", "Second push")
    }
    both_checked, looks, look = Barrier(2), threading.local(), writes.checked

    def checked(*asked_for: Any) -> Any:
        found = look(*asked_for)
        if not hasattr(looks, "many"):
            looks.many = 1
            both_checked.wait(30)
        return found

    monkeypatch.setattr(writes, "checked", checked)
    with ThreadPoolExecutor(2) as people:
        done = [people.submit(writes.submit, stores, ANN, id, seen=1, save_id=one()) for id in ids.values()]
    assert [each.result().version for each in done] == [2, 2]
    told = {}
    for label, id in ids.items():
        validation = standing(stores, id).validation
        assert validation is not None
        told[label] = [issue["message"] for issue in validation["issues"] if issue["type"] == Check.OVERLAP]
    second = "First push" if told["First push"] else "Second push"
    (first,) = {*ids} - {second}
    assert not told[first]
    (message,) = told[second]
    assert first in message


STEPS = {
    "save": lambda stores, id, seen: writes.save(stores, ANN, moved(draft(DEEPER), id), seen=seen, save_id=one()),
    "submit": lambda stores, id, seen: writes.submit(stores, ANN, id, seen=seen, save_id=one()),
    "withdraw": lambda stores, id, seen: writes.withdraw(stores, ANN, id, seen=seen, save_id=one()),
    "approve": lambda stores, id, seen: writes.approve(stores, EVE, id, seen=seen, save_id=one()),
    "reject": lambda stores, id, seen: writes.reject(stores, EVE, id, seen=seen, save_id=one(), comment="Too deep"),
    "archive": lambda stores, id, seen: writes.archive(stores, ADMIN, id, seen=seen, save_id=one()),
}
ADMIN = granted("root", [], [*PLANNING, Right.PROMO_APPROVE])
MAY = {
    State.DRAFT: {"save", "submit", "archive"},
    State.SUBMITTED: {"withdraw", "approve", "reject", "archive"},
    State.APPROVED: {"save", "archive"},
    State.REJECTED: {"save", "withdraw", "archive"},
    State.ARCHIVED: set(),
}
WAY = {
    State.DRAFT: [], State.SUBMITTED: ["submit"], State.APPROVED: ["submit", "approve"],
    State.REJECTED: ["submit", "reject"], State.ARCHIVED: ["archive"],
}  # fmt: skip


def test_only_the_steps_that_make_sense_can_be_taken(stores: Stores) -> None:
    for state, may in MAY.items():
        for step, take in STEPS.items():
            id = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
            seen = 1
            for before in WAY[state]:
                seen = STEPS[before](stores, id, seen).version
            assert standing(stores, id).version.state is state
            if step in may:
                assert take(stores, id, seen).version == seen + 1, (state, step)
            else:
                with pytest.raises(StepRefused, match="Only a scenario that is"):
                    take(stores, id, seen)
                assert standing(stores, id).version.number == seen


def test_rights(stores: Stores) -> None:
    id = submitted(stores)
    reader = granted("rita", [], [Right.PROMO_READ])
    for scope in (reader, EVE):
        with pytest.raises(NotPermitted):
            writes.save(stores, scope, draft(), seen=None, save_id=one())
        with pytest.raises(NotPermitted):
            writes.withdraw(stores, scope, id, seen=2, save_id=one())
    for scope in (reader, ANN):
        with pytest.raises(NotPermitted):
            writes.approve(stores, scope, id, seen=2, save_id=one())
        with pytest.raises(NotPermitted):
            writes.reject(stores, scope, id, seen=2, save_id=one(), comment="No")
    writes.approve(stores, EVE, id, seen=2, save_id=one())
    with pytest.raises(NotPermitted):
        writes.archive(stores, ANN, id, seen=3, save_id=one())
    nobody = granted("nobody", [], [Right.VIEW])
    with pytest.raises(NotPermitted):
        asked.scenarios(stores, nobody)


def test_what_is_told_of_a_draft_that_cannot_be_kept(stores: Stores) -> None:
    of = draft()
    for content, told in (
        (replace(of.content, label="  "), "no name"),
        (replace(of.content, end=date(2026, 11, 30)), "before it starts"),
        (replace(of.content, mechanics=()), "Nothing is discounted"),
        (replace(of.content, scenario_type="clever"), "not known"),
        (replace(of.content, source_opportunity_id=one()), "opportunity"),
    ):
        with pytest.raises(InvalidDraft, match=told):
            writes.save(stores, ANN, replace(of, content=content), seen=None, save_id=one())
    with pytest.raises(UnknownScenario):
        writes.save(stores, ANN, moved(of, one()), seen=1, save_id=one())
    id = submitted(stores)
    with pytest.raises(InvalidDraft, match="Say why"):
        writes.reject(stores, EVE, id, seen=2, save_id=one(), comment=" ")
    writes.reject(stores, EVE, id, seen=2, save_id=one(), comment="Too deep")
    [row] = asked.scenarios(stores, ANN)
    assert (row.state, row.comment) == (State.REJECTED, "Too deep")


def test_days_are_held_by_what_is_submitted_or_approved(stores: Stores) -> None:
    id = submitted(stores)
    writes.save(stores, ANN, draft(label="Only a draft"), seen=None, save_id=one())
    held = Occupied("October push", Cell("TV", "online"), date(2026, 12, 1), date(2026, 12, 2))
    assert asked.occupied(stores, BOB) == (held,)
    assert asked.occupied(stores, BOB, id) == ()
    writes.approve(stores, EVE, id, seen=2, save_id=one())
    # What is approved runs on while a new draft of it is being written.
    writes.save(
        stores, ANN, draft(Mechanic("Toys", "online", 10), label="New plan", scenario_id=id), seen=3, save_id=one()
    )
    assert asked.occupied(stores, BOB) == (held,)
    writes.archive(stores, ANN, id, seen=4, save_id=one())
    assert asked.occupied(stores, BOB) == ()


def test_a_save_is_told_to_the_caches_of_scenarios_alone(stores: Stores) -> None:
    before = company_state(stores, ANN)
    writes.save(stores, ANN, draft(), seen=None, save_id=one())
    after = company_state(stores, ANN)
    assert (before.of(["scenarios"]), after.of(["scenarios"])) == ("scenarios:0", "scenarios:1")
    assert before.of(["promo", "uplift"]) == after.of(["promo", "uplift"])


def test_scenarios_are_compared_by_what_they_bring_and_what_they_cost(stores: Stores) -> None:
    hero = writes.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    toys = writes.save(
        stores, ANN, draft(Mechanic("Toys", "online", 20), label="Toys"), seen=None, save_id=one()
    ).scenario_id
    # 300 TVs at 8.00 in place of 200 at 10.00: 200 less of margin, 400 more of sales with a tenth of cost. What buyers
    # save is 600; the extra 100 pieces are worth 400.
    listed = {row.scenario_id: row.net_ebit_delta for row in asked.scenarios(stores, ANN)}
    assert listed == {hero: Decimal("-240.00"), toys: Decimal("-18.00")}
    first, second = sides(stores, ANN, (hero, toys, one()))
    assert (first.label, first.days, first.model_version, first.by_department) == (
        "October push", 2, "u1", {"TV": -240.0, "Toys": 0.0},
    )  # fmt: skip
    figures = first.figures
    assert (figures["net_ebit_delta"], figures["invested"], figures["overall_score"]) == (-240.0, 600.0, 100)
    assert figures["sales_value_delta"] == Decimal("400.00")
    low = figures["net_ebit_low"]
    assert low is not None
    assert low < -240
    # 20 toys at 4.00 in place of 5.00: 20 less of sales and of margin, 2 less of cost.
    assert (second.figures["net_ebit_delta"], second.figures["invested"]) == (-18.0, 20.0)
