"""Uplift learned from the sales that are kept, on every engine: one model is in force, the same is made once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from analytics.promo.model import METHOD, NotLearnable, Why
from analytics.promo.terms import Cell
from analytics.promo.uplift import BANDS
from analytics.promo.usual import baseline
from benchmarks.promo_stores import company
from data_access.queries.promo_models import country_of_stores, holidays_between, known, models
from data_access.queries.promo_settings import promo_settings
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.uplift_models import ModelChanged, UnknownModel, choose_model, put_in_force
from data_access.writes.workbooks import Rows, put_file
from ingest.schedule.context import Context
from ingest.uplift import UP_TO_DATE, by_the_clock, declare_groups, learn_uplift, said
from settings import Settings

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
TRUTH = company(3, departments=2, days=120)


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


def load(stores: Stores, *, more: tuple[int, ...] = ()) -> None:
    """Four months of two departments in two channels; more: further days of TV, a piece each."""
    rows = [
        {
            "date": day, "channel": series.cell.channel, "department": series.cell.department,
            "promo_flag": bool(series.promoted[n]),
            "discount_pct": Decimal(f"{series.depth[n] * 100:.2f}") if series.promoted[n] else None,
            "sales_value": Decimal(f"{series.sales[n]:.2f}"), "margin_value": Decimal(f"{series.margin[n]:.2f}"),
            "units": int(series.units[n]),
        }
        for series in TRUTH.history
        for n, day in enumerate(series.days)
    ]  # fmt: skip
    rows += [
        {"date": date(2025, 5, day), "channel": "online", "department": "TV", "promo_flag": False, "discount_pct": None,
         "sales_value": Decimal(20), "margin_value": Decimal(6), "units": 1}
        for day in more
    ]  # fmt: skip
    money = pa.decimal128(18, 2)
    schema = pa.schema([
        ("date", pa.date32()), ("channel", pa.string()), ("department", pa.string()), ("promo_flag", pa.bool_()),
        ("discount_pct", money), ("sales_value", money), ("margin_value", money), ("units", pa.int64()),
    ])  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=schema)
    put_file(stores, ANN, "sales.csv", [Rows("sales", table, table.slice(0, 0))])


def states(stores: Stores) -> list[tuple[str, str]]:
    """Version and state of all models, by version."""
    return sorted((row.version, row.state) for row in models(stores, ANN))


def test_a_model_is_learned_kept_and_in_force(stores: Stores) -> None:
    with pytest.raises(NotLearnable, match="no sales yet"):
        learn_uplift(stores, ANN)
    assert known(stores, ANN) is None
    load(stores)
    with pytest.raises(NotPermitted):
        learn_uplift(stores, granted("rita", [], [Right.PROMO_READ]))
    done = learn_uplift(stores, ANN)
    assert (done.kept.fresh, done.kept.state, done.cells, done.estimated, done.doubts) == (True, "active", 4, 4, ())
    assert done.sentence.endswith("from sales of 2025-01-06 to 2025-05-05.")
    held = known(stores, ANN)
    assert held is not None
    assert held.row.activated_at is not None
    assert (held.row.created_by, held.row.version, len(held.bands)) == ("ann", done.kept.version, 4 * len(BANDS))
    cell = Cell("D0", "online")
    curve = held.model.curves[cell]
    assert abs(curve.at(0.2) - TRUTH.uplift(cell, 0.2)) < 2.5 * curve.error_at(0.2)
    # A piece costs 14.00 and sells for 20.00.
    told = baseline(held.model.parts, date(2025, 6, 1), date(2025, 6, 30))
    assert told.sales[0].sum() / told.units[0].sum() == pytest.approx(20)
    assert told.margin[0].sum() / told.units[0].sum() == pytest.approx(6)
    band = next(one for one in held.bands if (one.cell, one.band) == (cell, "10-20"))
    read = curve.at(0.2) if band.sample_size == 0 else float(band.uplift_units_pct) / 100
    series = next(one for one in TRUTH.history if one.cell == cell)
    inside = series.depth[(series.depth > 0.1) & (series.depth <= 0.2)]
    assert band.sample_size == len(inside) > 0
    assert read == pytest.approx(curve.at(float(inside.mean())), abs=0.0002)
    knowledge = held.model.knowledge({"online": 0.12}, 0.1)
    assert (knowledge.cost_rate("online"), knowledge.cost_rate("offline")) == (0.12, 0.1)


def test_the_same_sales_make_no_second_model_and_others_take_its_place(stores: Stores) -> None:
    load(stores)
    first = learn_uplift(stores, ANN).kept.version
    again = learn_uplift(stores, ANN)
    assert (again.kept.fresh, again.kept.changed) == (False, False)
    assert again.sentence.startswith("The same sales and settings give the same model")
    load(stores, more=(1, 2, 3))
    proposed = learn_uplift(stores, ANN, propose=True)
    assert (proposed.kept.state, states(stores)) == (
        "proposed", sorted([(first, "active"), (proposed.kept.version, "proposed")]),
    )  # fmt: skip
    [doubt] = proposed.doubts
    assert (doubt.cell, doubt.why) == (Cell("TV", "online"), Why.SHORT)
    assert said(doubt).startswith("TV, online (3 days of sales, 0 on promotion): under 8 weeks of sales")
    assert learn_uplift(stores, ANN).kept.changed
    assert states(stores) == sorted([(first, "retired"), (proposed.kept.version, "active")])
    put_in_force(stores, ANN, first)
    assert states(stores) == sorted([(first, "active"), (proposed.kept.version, "retired")])
    with pytest.raises(UnknownModel):
        put_in_force(stores, ANN, "2020-01-01-00000000")
    held = known(stores, ANN, proposed.kept.version)
    assert held is not None
    assert held.model.doubts == proposed.doubts


def test_a_person_chooses_which_model_is_in_force_and_the_clock_leaves_it_there(
    stores: Stores, settings: Settings
) -> None:
    load(stores)
    first = learn_uplift(stores, ANN).kept.version
    load(stores, more=(1, 2, 3))
    second = learn_uplift(stores, ANN, propose=True).kept.version
    with pytest.raises(NotPermitted):
        choose_model(stores, ANN, second, seen=first)
    approver = granted("ada", [], [Right.PROMO_READ, Right.PROMO_APPROVE])
    assert choose_model(stores, approver, second, seen=first).changed
    # A second click, and somebody who compared before the first one.
    assert not choose_model(stores, approver, second, seen=first).changed
    with pytest.raises(ModelChanged):
        choose_model(stores, approver, first, seen=first)
    choose_model(stores, approver, first, seen=second)
    # A budget enters no model: the clock learns nothing new, and does not undo the choice.
    held = promo_settings(stores, ANN)
    save_promo_settings(stores, ANN, replace(held, limits=replace(held.limits, budget=1.0)))
    by_the_clock(Context(stores, settings, ANN, "", lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda: False))
    assert states(stores) == sorted([(first, "active"), (second, "retired")])
    # Nor do further sales: what they teach waits beside it.
    load(stores, more=(11, 12, 13))
    context = Context(stores, settings, ANN, "", lambda: datetime(2026, 11, 22, tzinfo=UTC), lambda: False)
    assert "is proposed" in by_the_clock(context).message
    assert sorted(state for _, state in states(stores)) == ["active", "proposed", "retired"]
    assert (first, "active") in states(stores)
    with pytest.raises(UnknownModel):
        choose_model(stores, approver, "2020-01-01-00000000", seen=first)


def test_declared_groups_are_kept_and_let_departments_take_from_each_other(stores: Stores) -> None:
    load(stores)
    alone = learn_uplift(stores, ANN)
    with pytest.raises(NotLearnable, match="no sales of Toys"):
        declare_groups(stores, ANN, {"Toys": "Media"})
    declare_groups(stores, ANN, {"D0": "Media", "D1": "Media"})
    assert promo_settings(stores, ANN).groups == {"D0": "Media", "D1": "Media"}
    together = learn_uplift(stores, ANN)
    # Across channels 4 pairs, within the group 4 more.
    assert (alone.crosses, together.crosses) == (4, 8)
    declare_groups(stores, ANN, {"D1": ""})
    assert promo_settings(stores, ANN).groups == {"D0": "Media"}


def test_holidays_are_those_of_the_stores_unless_the_planners_chose_a_country(stores: Stores) -> None:
    assert country_of_stores(stores) == ""
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO stores (public_id, name, klaviyo_public_id, country) VALUES ('sa', 'Shop A', 'A', 'de'),"
            " ('sb', 'Shop B', 'B', 'DE')"
        )
    assert country_of_stores(stores) == "DE"
    load(stores)
    held = known(stores, ANN, learn_uplift(stores, ANN).kept.version)
    assert held is not None
    assert held.model.country == "DE"
    # Easter Monday of 2025, and the first of May.
    free = holidays_between(held.model.country, date(2025, 4, 20), date(2025, 4, 30))
    assert {date(2025, 4, 21), date(2025, 5, 1)} <= free


def test_the_schedule_learns_when_sales_have_changed(stores: Stores, settings: Settings) -> None:
    context = Context(
        stores, settings, local_admin("schedule"), "", lambda: datetime(2025, 6, 1, tzinfo=UTC), lambda: False
    )
    assert by_the_clock(context).message == UP_TO_DATE
    load(stores)
    assert by_the_clock(context).message.startswith("Model 2025-05-05-")
    assert by_the_clock(context).message == UP_TO_DATE
    assert len(models(stores, ANN)) == 1
    # A budget enters no model: it is looked at once, and not each time from then on.
    held = promo_settings(stores, ANN)
    save_promo_settings(stores, ANN, replace(held, limits=replace(held.limits, budget=1.0)))
    assert by_the_clock(context).message.startswith("The same sales and settings give the same model")
    assert by_the_clock(context).message == UP_TO_DATE
    # Groups do, and taking them back gives the first model again, once.
    declare_groups(stores, ANN, {"D0": "Media", "D1": "Media"})
    assert by_the_clock(context).message.startswith("Model 2025-05-05-")
    declare_groups(stores, ANN, {"D0": "", "D1": ""})
    assert by_the_clock(context).message.startswith("The same sales and settings give the same model")
    assert by_the_clock(context).message == UP_TO_DATE
    assert len(models(stores, ANN)) == 2


def test_the_schedule_learns_anew_by_another_method(
    stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(
        stores, settings, local_admin("schedule"), "", lambda: datetime(2025, 6, 1, tzinfo=UTC), lambda: False
    )
    load(stores)
    monkeypatch.setattr("analytics.promo.model.METHOD", METHOD - 1)
    before = learn_uplift(stores, ANN).kept.version
    monkeypatch.undo()
    assert by_the_clock(context).message.startswith("Model 2025-05-05-")
    assert by_the_clock(context).message == UP_TO_DATE
    assert [state for version, state in states(stores) if version == before] == ["retired"]
