"""Creative briefs as planners keep them: versions, nothing lost, doubled or overwritten, on every engine."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest

from analytics.promo.brief_edits import InvalidBrief, brief_from
from data_access.queries.promo_briefs import brief, brief_versions
from data_access.queries.promo_state import BRIEFS, company_state
from data_access.scope import NotPermitted, Right, granted
from data_access.stores import Stores
from data_access.writes import scenarios
from data_access.writes.briefs import BriefChanged, save
from data_access.writes.scenarios import UnknownScenario
from tests.data_access.test_promo_tables import ASSETS, BRIEF
from tests.noted import noted
from tests.promo_rows import draft

PLANNING = [Right.PROMO_READ, Right.PROMO_WRITE]
ANN, BOB = granted("ann", [], PLANNING), granted("bob", [], PLANNING)
SAMPLE = brief_from(json.loads(BRIEF), json.loads(ASSETS))
CALM = replace(SAMPLE, tone="calm")


def one() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


@pytest.fixture
def scenario(stores: Stores) -> str:
    return scenarios.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id


def test_the_sample_brief_is_kept_as_it_is_with_its_versions(stores: Stores, scenario: str) -> None:
    assert brief(stores, ANN, scenario) is None
    assert save(stores, ANN, scenario, SAMPLE, written_for=1, seen=None, save_id=one()).version == 1
    with stores.operational.read() as session:
        text = "SELECT CAST(brief AS VARCHAR) AS brief, CAST(assets AS VARCHAR) AS assets FROM creative_briefs"
        [row] = session.query_text(text, {}).to_pylist()
    assert (json.loads(row["brief"]), json.loads(row["assets"])) == (json.loads(BRIEF), json.loads(ASSETS))
    click = one()
    twice = [save(stores, BOB, scenario, CALM, written_for=2, seen=1, save_id=click) for _ in range(2)]
    assert [(each.version, each.fresh) for each in twice] == [(2, True), (2, False)]
    same = save(stores, ANN, scenario, replace(CALM, tone=" calm "), written_for=2, seen=2, save_id=one())
    assert (same.version, same.fresh) == (2, False)
    found = brief(stores, ANN, scenario)
    assert found is not None
    assert (found.number, found.brief, found.author, found.scenario_version) == (2, CALM, "bob", 2)
    assert [(each.number, each.brief, each.author, each.scenario_version) for each in brief_versions(
        stores, ANN, scenario
    )] == [(2, CALM, "bob", 2), (1, SAMPLE, "ann", 1)]  # fmt: skip
    # Two saves, the repeated ones left out.
    assert company_state(stores, ANN).versions[BRIEFS] == 2
    assert sorted(row["actor"] for row in noted(stores, "brief.save")) == ["ann", "bob"]


def test_the_second_of_two_planners_is_told_what_the_first_changed(stores: Stores, scenario: str) -> None:
    save(stores, ANN, scenario, SAMPLE, written_for=1, seen=None, save_id=one())
    with pytest.raises(BriefChanged, match="ann saved version 1 of the brief") as raised:
        save(stores, BOB, scenario, CALM, written_for=1, seen=None, save_id=one())
    assert raised.value.changes == {}
    save(stores, ANN, scenario, CALM, written_for=1, seen=1, save_id=one())
    late = replace(SAMPLE, key_messages=("Only today",))
    with pytest.raises(BriefChanged, match="ann saved version 2 of the brief after you opened version 1") as raised:
        save(stores, BOB, scenario, late, written_for=1, seen=1, save_id=one())
    assert raised.value.changes == {"tone": ("energetic", "calm")}
    assert len(brief_versions(stores, ANN, scenario)) == 2
    assert save(stores, BOB, scenario, late, written_for=1, seen=2, save_id=one()).version == 3


def test_who_may_not_what_cannot_be_kept_and_no_scenario(stores: Stores, scenario: str) -> None:
    reader = granted("rita", [], [Right.PROMO_READ])
    for scope in (reader, granted("eve", [], [Right.PROMO_READ, Right.PROMO_APPROVE])):
        with pytest.raises(NotPermitted):
            save(stores, scope, scenario, SAMPLE, written_for=1, seen=None, save_id=one())
    with pytest.raises(NotPermitted):
        brief(stores, granted("nobody", [], []), scenario)
    with pytest.raises(InvalidBrief, match="no key message"):
        save(stores, ANN, scenario, replace(SAMPLE, key_messages=(" ",)), written_for=1, seen=None, save_id=one())
    with pytest.raises(UnknownScenario):
        save(stores, ANN, one(), SAMPLE, written_for=1, seen=None, save_id=one())
    assert brief(stores, reader, scenario) is None
