"""What promotions read of the company: without any store connected, by its own versions, and with its settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analytics.promo.mechanics import Mechanic, Segment
from analytics.promo.settings import InvalidPromoSettings, PromoSettings, settings_of
from analytics.promo.terms import Cell, Form
from analytics.promo.verdict import Limits
from data_access.cache import cached_promo
from data_access.queries import promo_sales as asked
from data_access.queries.promo_ground import Asked
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import SETTINGS, company_state
from data_access.scope import NotPermitted, Right, Scope, granted
from data_access.scoped import promo_read
from data_access.statements import StatementError
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.settings import SettingsChanged
from pages.frame.scenario_desk import resting_on
from tests.promo_rows import in_force

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
ROWS = (
    "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value, margin_value,"
    " units) VALUES ('2024-10-01', 'online', 'TV', false, NULL, 50000, 12500, 100),"
    " ('2024-10-02', 'online', 'TV', true, 20.0, 75000, 15000, 150)",
    "INSERT INTO segments (segment_id, name, share_of_customers, share_of_revenue, avg_basket_value)"
    " VALUES ('LOYAL', 'Loyal', 0.1, 0.25, 80), ('NEW', 'New', 0.5, 0.3, 40)",
    "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target) VALUES ('2024-10', 'DE', 1000000, 21.5)",
)


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Stores without an account, with a few rows of the company's, the operational one on each engine."""
    with each_operational.operational.write() as session:
        for text in ROWS:
            session.execute_text(text)
    return each_operational


def test_the_companys_data_are_read_without_a_store(stores: Stores) -> None:
    assert asked.spans(stores, ANN) == (
        asked.Span(Cell("TV", "online"), date(2024, 10, 1), date(2024, 10, 2), 2),
    )  # fmt: skip
    regular, promoted = asked.sales(stores, ANN, asked.Days(date(2024, 10, 1), date(2024, 10, 31)))
    assert (regular.discount_pct, promoted.discount_pct, promoted.units) == (None, Decimal("20.00"), 150)
    assert [row.plain for row in asked.segments(stores, ANN)] == [Segment("NEW", 0.3), Segment("LOYAL", 0.25)]
    assert asked.targets(stores, ANN) == (asked.Target("2024-10", "DE", Decimal(1000000), Decimal("21.5"), None),)
    nobody = granted("nobody", [], [Right.VIEW])
    with pytest.raises(NotPermitted):
        asked.spans(stores, nobody)
    with promo_read(stores.operational, ANN) as session, pytest.raises(StatementError, match="belongs to an account"):
        session.rows("read/accounts/state")


def test_settings_are_kept_version_by_version(stores: Stores) -> None:
    usual = promo_settings(stores, ANN)
    assert (usual.version, usual.usual_variable_cost, usual.limits.budget, usual.dip_window("TV")) == (
        0, 0.1, 350_000, 14,
    )  # fmt: skip
    chosen = replace(
        usual, currency="SEK", variable_cost={"online": 0.12}, groups={"TV": "Media", "Audio": "Media"},
        limits=Limits(discount_by_department={"TV": 0.2}, grid=(0.0, 0.1, 0.2)), dip_window_by_department={"TV": 21},
        mandatory={"legal": ("Terms apply",)},
    )  # fmt: skip
    saved = save_promo_settings(stores, ANN, chosen)
    assert saved == replace(chosen, version=1) == promo_settings(stores, ANN)
    assert save_promo_settings(stores, ANN, saved).version == 1
    with pytest.raises(SettingsChanged):
        save_promo_settings(stores, ANN, replace(chosen, currency="NOK"))
    assert save_promo_settings(stores, ANN, replace(saved, currency="NOK")).version == 2
    assert (saved.cost_rate("online"), saved.cost_rate("offline"), saved.dip_window("TV")) == (0.12, 0.1, 21)
    with stores.operational.read() as session:
        kept = session.query_text("SELECT version, author FROM promo_settings ORDER BY version", {}).to_pylist()
    assert kept == [{"version": 1, "author": "ann"}, {"version": 2, "author": "ann"}]
    with pytest.raises(NotPermitted):
        save_promo_settings(stores, granted("rita", [], [Right.PROMO_READ]), PromoSettings())


def test_a_cached_read_is_made_anew_when_what_it_rests_on_changed(stores: Stores) -> None:
    calls = []

    def read(_stores: Stores, _scope: Scope, wanted: str) -> str:
        calls.append(wanted)
        return wanted.upper()

    def asked_twice(*datasets: str) -> list[str]:
        calls.clear()
        for _ in range(2):
            assert cached_promo(read, stores, ANN, "what", datasets) == "WHAT"
        return calls

    assert asked_twice(SETTINGS) == ["what"]
    assert asked_twice("scenarios") == ["what"]
    save_promo_settings(stores, ANN, replace(promo_settings(stores, ANN), currency="SEK"))
    assert company_state(stores, ANN).of([SETTINGS]) == "promo_settings:1"
    assert asked_twice(SETTINGS) == ["what"]
    assert asked_twice("scenarios") == []


def test_settings_that_cannot_be_kept_are_all_told_at_once() -> None:
    with pytest.raises(InvalidPromoSettings) as raised:
        settings_of({"currency": "euro", "variable_cost": {"shop": 0.1, "online": 1.5}, "dip_window_days": 0,
                     "limits": {"discount": "much"}})  # fmt: skip
    assert len(raised.value.problems) == 5
    with pytest.raises(InvalidPromoSettings, match="'budget' is not a setting"):
        settings_of({"budget": 1})
    with pytest.raises(InvalidPromoSettings, match="above limits"):
        settings_of({"limits": {"discount": 0.5}})


def test_a_coupon_that_names_no_redemption_has_the_settings_one() -> None:
    settings = settings_of({"default_redemption": 0.4})
    rows = [Mechanic("TV", "online", 10, form=Form.COUPON), Mechanic("Toys", "online", 10)]
    assert [row.redemption for row in settings.terms(rows, ())] == [0.4, None]


def test_a_month_lands_on_the_sales_that_came_after_the_model_was_learned(stores: Stores) -> None:
    """The model knows sales until 20 November; of November only the 21st stands in the table."""
    in_force(stores)
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value,"
            " margin_value, units) VALUES ('2026-11-21', 'online', 'TV', false, NULL, 700, 280, 70)"
        )
        session.execute_text(
            "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target)"
            " VALUES ('2026-11', 'DE', 20000, 30)"
        )
    found = resting_on(stores, ANN, Asked(date(2026, 11, 25), date(2026, 11, 26), None))
    assert found is not None
    assert (found.sales_until, found.learned_until) == (date(2026, 11, 21), date(2026, 11, 20))
    # 700 have come, and 9 days are left of 100 TVs at 10.00 and 10 toys at 5.00.
    (month,) = found.months
    assert (month.name, month.target) == ("Nov 2026", 20_000)
    assert month.landing == pytest.approx(700 + 9 * 1_050)
    # The shops are loaded to the 19th only: 300 of them and none of the 21st's, and 11 days are left.
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value,"
            " margin_value, units) VALUES ('2026-11-19', 'offline', 'TV', false, NULL, 300, 120, 30)"
        )
    found = resting_on(stores, ANN, Asked(date(2026, 11, 25), date(2026, 11, 26), None))
    assert found is not None
    assert found.sales_until == date(2026, 11, 19)
    assert found.months[0].landing == pytest.approx(300 + 11 * 1_050)
