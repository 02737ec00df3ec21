"""What a closed post-mortem teaches is proposed, and put in force or taken back by an admin, on every engine."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import isclose, log

import pytest

from analytics.promo.postmortem.kept import Figures, PostMortem, Subject
from data_access.queries.promo_lessons import lesson_of
from data_access.queries.promo_models import known, models
from data_access.queries.promo_post_mortems import post_mortem
from data_access.scope import NotPermitted, Right, granted
from data_access.stores import Stores
from data_access.writes import scenarios
from data_access.writes.lessons import POST_MORTEM, NotTeachable, propose_lesson
from data_access.writes.post_mortems import close, save
from data_access.writes.uplift_models import HISTORY, choose_model
from tests.analytics.test_promo_lessons import row
from tests.promo_rows import TV, draft, in_force

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
EVE = granted("eve", [], [Right.PROMO_READ, Right.PROMO_WRITE, Right.PROMO_APPROVE])
NOTHING = Decimal(0)
FIGURES = Figures(NOTHING, NOTHING, None, NOTHING, 0, None, None, None, None)


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Migrated stores, the operational one on each engine."""
    return each_operational


def test_a_lesson_is_proposed_put_in_force_and_taken_back(stores: Stores) -> None:
    scenario = scenarios.save(stores, ANN, draft(), seen=None, save_id=str(uuid.uuid4())).scenario_id
    report = {"method": 1, "cells": [row(TV)], "doubts": []}
    first = str(uuid.uuid4())
    kept = save(
        stores, ANN,
        PostMortem(Subject(scenario_id=scenario), "Push", date(2026, 12, 1), date(2026, 12, 7), FIGURES, report),
        seen=None, save_id=first,
    )  # fmt: skip
    with pytest.raises(NotTeachable, match="is open"):
        propose_lesson(stores, ANN, kept.report_id)
    close(stores, ANN, kept.report_id, seen=first)
    with pytest.raises(NotTeachable, match="no model of uplift"):
        propose_lesson(stores, ANN, kept.report_id)
    in_force(stores)
    with pytest.raises(NotPermitted):
        propose_lesson(stores, granted("rita", [], [Right.PROMO_READ]), kept.report_id)
    preview = lesson_of(stores, ANN, kept.report_id)
    assert preview is not None
    (change,) = preview.lesson.changes
    assert (preview.model_version, change.before, round(change.outcome.uplift, 9)) == ("u1", 0.5, 0.8)
    # Logs of what was believed and seen, each by how sure it is; chance among promotions beside what was seen.
    believed, seen = 0.05 / 1.5, 0.18 / 1.8
    weight = believed**2 / (believed**2 + seen**2 + preview.lesson.chance**2)
    assert isclose(log(1 + change.after), log(1.5) + weight * log(1.8 / 1.5), rel_tol=1e-3)

    proposed = propose_lesson(stores, ANN, kept.report_id)
    assert (proposed.state, proposed.fresh) == ("proposed", True)
    assert not propose_lesson(stores, ANN, kept.report_id).fresh
    assert [(one.version, one.state, one.source) for one in models(stores, ANN)] == [
        (proposed.version, "proposed", POST_MORTEM), ("u1", "active", HISTORY),
    ]  # fmt: skip
    with pytest.raises(NotPermitted):
        choose_model(stores, ANN, proposed.version, seen="u1")
    choose_model(stores, EVE, proposed.version, seen="u1")
    now = known(stores, ANN)
    assert now is not None
    assert (now.model.version, now.model.taught) == (proposed.version, (scenario,))
    assert isclose(now.model.curves[TV].at(0.2), change.after, rel_tol=1e-5)
    told = {band.band: band.uplift_units_pct for band in now.bands if band.cell == TV}
    assert told["10-20"] == Decimal(f"{change.after * 100:.2f}")
    # It teaches once, a further version of the same promotion too.
    with pytest.raises(NotTeachable, match="already"):
        propose_lesson(stores, ANN, kept.report_id)
    standing = post_mortem(stores, ANN, kept.report_id)
    assert standing is not None
    second = str(uuid.uuid4())
    again = save(
        stores, ANN,
        PostMortem(Subject(scenario_id=scenario), "Push", date(2026, 12, 1), date(2026, 12, 7), FIGURES, report),
        seen=standing.save_id, save_id=second, anew=True,
    )  # fmt: skip
    close(stores, ANN, again.report_id, seen=second)
    with pytest.raises(NotTeachable, match="already"):
        propose_lesson(stores, ANN, again.report_id)
    # Taken back: the one of before is in force, and this one is kept.
    choose_model(stores, EVE, "u1", seen=proposed.version)
    before = known(stores, ANN)
    assert before is not None
    assert isclose(before.model.curves[TV].at(0.2), 0.5)
    assert replace(models(stores, ANN)[0], activated_at=None).state == "retired"
