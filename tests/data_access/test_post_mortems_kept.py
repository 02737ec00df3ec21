"""Post-mortems as planners keep them: computed anew while open, never changed once closed, on every engine."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analytics.promo.postmortem.case import Offered
from analytics.promo.postmortem.kept import Figures, PostMortem, Subject
from analytics.promo.postmortem.marks import BadMarks, Mark, MarkKind, marks_of
from analytics.promo.postmortem.report import analysed
from data_access.queries.promo_post_mortem_case import NoSuchPromotion, ground
from data_access.queries.promo_post_mortems import post_mortem, post_mortems
from data_access.queries.promo_state import POST_MORTEMS, company_state
from data_access.scope import NotPermitted, Right, granted
from data_access.stores import Stores
from data_access.writes import scenarios
from data_access.writes.post_mortems import ReportChanged, ReportClosed, SavedReport, UnknownReport, close, save
from tests.promo_rows import TV, draft

PLANNING = [Right.PROMO_READ, Right.PROMO_WRITE]
ANN, BOB = granted("ann", [], PLANNING), granted("bob", [], PLANNING)
FIGURES = Figures(
    Decimal("2100.00"), Decimal("700.00"), Decimal("33.33"), Decimal("490.00"), 210, Decimal("5.00"), None,
    Decimal("-2.50"), Decimal("900000.00"),
)  # fmt: skip
MARK = Mark("TV", "online", date(2026, 12, 2), date(2026, 12, 2), MarkKind.OUT_OF_STOCK, "supplier late")
DIP = [{"department": "TV", "channel": "online", "dip_pct": 4.0}]


def one() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


def test_a_report_is_kept_computed_anew_and_closed_for_good(stores: Stores) -> None:
    scenario = scenarios.save(stores, ANN, draft(), seen=None, save_id=one()).scenario_id
    found = PostMortem(
        Subject(scenario_id=scenario), "October push", date(2026, 12, 1), date(2026, 12, 2), FIGURES,
        {"method": 1, "dip": DIP, "signals": []}, (MARK,), {"days": ["2026-12-01"]}, "u1", date(2026, 12, 20),
        ["It's «sold»"], ["Less discount", "More stock"],
    )  # fmt: skip
    first = one()
    kept = save(stores, ANN, found, seen=None, save_id=first)
    assert save(stores, ANN, found, seen=None, save_id=first) == SavedReport(kept.report_id, 1, fresh=False)
    [row] = post_mortems(stores, BOB)
    assert (row.state, row.version, row.label, row.figures) == ("open", 1, "October push", FIGURES)
    held = post_mortem(stores, BOB, kept.report_id)
    assert held is not None
    assert (held.report, held.frozen, held.marks) == (found.report, found.frozen, (MARK,))
    assert (held.insights, held.learning_points) == (("It's «sold»",), ("Less discount", "More stock"))
    with stores.operational.read() as session:
        [stored] = session.query_text(
            "SELECT CAST(post_promo_dip AS VARCHAR) AS dip, forecast_kpi_id IS NOT NULL AS known FROM"
            " post_mortem_reports", {},
        ).to_pylist()  # fmt: skip
    assert '"dip_pct"' in stored["dip"]
    assert stored["known"]
    # Somebody who has not seen what stands now overwrites nothing.
    with pytest.raises(ReportChanged, match="ann computed it anew"):
        save(stores, BOB, found, seen=None, save_id=one())
    second = one()
    better = replace(found, figures=replace(FIGURES, actual_units=211), marks=())
    assert save(stores, BOB, better, seen=first, save_id=second) == SavedReport(kept.report_id, 1)
    with pytest.raises(ReportChanged):
        close(stores, ANN, kept.report_id, seen=first)
    assert close(stores, ANN, kept.report_id, seen=second).fresh
    assert not close(stores, BOB, kept.report_id, seen=second).fresh
    with pytest.raises(ReportClosed, match="Version 1"):
        save(stores, ANN, found, seen=second, save_id=one())
    again = save(stores, ANN, found, seen=second, save_id=one(), anew=True)
    assert (again.version, again.report_id != kept.report_id) == (2, True)
    assert [(one.version, one.state, one.figures.actual_units, one.closed_by) for one in post_mortems(stores, ANN)] == [
        (2, "open", 210, ""), (1, "closed", 211, "ann"),
    ]  # fmt: skip
    # Two saves, a closing and a further version.
    assert company_state(stores, ANN).versions[POST_MORTEMS] == 4


def test_a_past_promotion_has_one_without_a_forecast_and_only_planners_keep_them(stores: Stores) -> None:
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO promo_catalog (id, promo_name, date_start, date_end) VALUES"
            " (CAST('11111111-1111-1111-1111-111111111111' AS UUID), 'Week 40', '2026-10-01', '2026-10-07')"
        )
    nothing = Figures(Decimal(0), Decimal(0), None, Decimal(0), 0, None, None, None, None)
    found = PostMortem(
        Subject(promotion_id="11111111-1111-1111-1111-111111111111"), "Week 40", date(2026, 10, 1), date(2026, 10, 7),
        nothing, {},
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        save(stores, granted("eve", [], [Right.PROMO_READ]), found, seen=None, save_id=one())
    kept = save(stores, ANN, found, seen=None, save_id=one())
    held = post_mortem(stores, ANN, kept.report_id)
    assert held is not None
    assert (held.frozen, held.row.scenario_id, held.row.figures) == (None, None, nothing)
    assert post_mortem(stores, ANN, "no id") is None
    with pytest.raises(UnknownReport):
        close(stores, ANN, one(), seen=None)


def test_marks_are_checked_and_rows_left_blank_are_left_out() -> None:
    rows = [{"department": "TV", "channel": "online", "start": "2026-12-02", "kind": "price_not_live"}, {"kind": None}]
    assert marks_of(rows) == (replace(MARK, kind=MarkKind.PRICE_NOT_LIVE, note=""),)
    wrong = [MARK.stored() | {"end": "2026-12-01"}, MARK.stored() | {"channel": ""}, MARK.stored() | {"start": "x"}]
    with pytest.raises(BadMarks, match=r"row 1: its last day .* row 2: name .* row 3: give"):
        marks_of(wrong)


def test_a_case_is_what_was_approved_and_what_was_sold(stores: Stores) -> None:
    approver = granted("cy", [], [*PLANNING, Right.PROMO_APPROVE])
    saved = scenarios.save(stores, ANN, draft(), seen=None, save_id=one())
    id = saved.scenario_id
    with pytest.raises(NoSuchPromotion, match="never approved"):
        ground(stores, ANN, Subject(scenario_id=id))
    scenarios.submit(stores, ANN, id, seen=1, save_id=one())
    scenarios.approve(stores, approver, id, seen=2, save_id=one())
    with stores.operational.write() as session:
        for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"):
            on = "true, 20.0, 1200.00, 300.00, 150" if "12-01" <= day[5:] <= "12-02" else "false, NULL, 1000, 400, 100"
            session.execute_text(
                "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value,"
                f" margin_value, units) VALUES ('{day}', 'online', 'TV', {on})"
            )
        session.execute_text(
            "INSERT INTO promo_catalog (id, promo_name, date_start, date_end, departments, channels, avg_discount_pct)"
            " VALUES (CAST('22222222-2222-2222-2222-222222222222' AS UUID), 'Rival', '2026-12-02', '2026-12-09',"
            " ARRAY['TV'], ARRAY['online'], 15)"
        )
    # What waits for approval did not run.
    waiting = scenarios.save(stores, ANN, draft(label="Waiting"), seen=None, save_id=one()).scenario_id
    scenarios.submit(stores, ANN, waiting, seen=1, save_id=one())
    found = ground(stores, ANN, Subject(scenario_id=id))
    assert (found.case.promoted, found.case.length, found.case.last) == ({TV: Offered(0.2)}, 2, date(2026, 12, 3))
    assert (found.model_version, found.frozen == found.case.frozen, len(found.case.rows)) == ("u1", True, 4)
    [rival] = found.case.others
    assert (rival.label, rival.cells, rival.start, rival.end) == ("Rival", (TV,), *[date(2026, 12, 2)] * 2)
    # Half as much again was promised of 100 a day, and toys 10 a day: (300 − 320) / 320.
    assert analysed(found.case).figures.units_error_pct == Decimal("-6.25")
    past = ground(stores, ANN, Subject(promotion_id="22222222-2222-2222-2222-222222222222"))
    assert (past.case.promoted, past.frozen) == ({TV: Offered(0.15)}, None)
    assert [other.label for other in past.case.others] == ["October push"]
