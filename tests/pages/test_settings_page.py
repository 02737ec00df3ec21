"""The settings page: what an admin changes, what others see, and two people at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import ingest.recomputing
from data_access import jobs
from data_access.derived import customer_values, product_relationships
from data_access.derived.frame import compute
from data_access.errors import StoreFull
from data_access.queries.accounts import accounts
from data_access.queries.cohorts import customer_base
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from pages.frame import guard
from tests.figures.literal import Ledger, placed
from tests.pages.conftest import Open, texts
from tests.repeat_orders import covered, modelled
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, insert


def widget(app: AppTest, kind: str, start: str) -> Any:
    return next(found for found in getattr(app, kind) if (found.key or "").startswith(start))


def save(app: AppTest) -> AppTest:
    return widget(app, "button", "save_AbC").click().run()


def computed(app: AppTest) -> AppTest:
    """The page once the jobs that a save has started are over."""
    for thread in threading.enumerate():
        if thread.name.startswith("recompute-"):
            thread.join(60)
    return app.run()


def chosen(stores: Stores) -> dict[str, Any]:
    with stores.operational.read() as session:
        return {row["key"]: json.loads(row["value"]) for row in session.rows("write/settings_read", account=ACCOUNT)}


@both_stacks
def test_a_saved_setting_is_in_force_on_every_page(connected: Stores, open_page: Open) -> None:
    app = open_page("settings")
    assert not app.exception
    widget(app, "selectbox", "setting_vat").select(True)
    widget(app, "number_input", "setting_days").set_value(14)
    widget(app, "selectbox", "setting_weekday").select(7)
    widget(app, "number_input", "setting_minimum").set_value(2)
    compute(connected, ACCOUNT, product_relationships.TABLE)
    app = save(app)
    assert "Settings saved." in texts(app)
    # Pairs of products are told anew at the next run, though no order has changed.
    assert chosen(connected)["minimum_pair_count"] == 2
    assert compute(connected, ACCOUNT, product_relationships.TABLE).how == "rebuilt"
    account = accounts(connected, local_admin())[0]
    assert (account.value_wording, account.return_days, account.first_weekday) == ("with VAT", 14, 7)
    assert "with VAT" in texts(open_page("revenue"))


def test_the_terms_of_expected_value_hold_from_the_next_computation_on(connected: Stores, open_page: Open) -> None:
    covered(connected, "2026-11-21")
    insert(connected, "klaviyo_orders", *modelled(600, date(2026, 11, 21)))
    compute(connected, ACCOUNT, customer_values.TABLE)
    before = customer_base(connected, local_admin(), ACCOUNT)
    app = open_page("settings")
    widget(app, "number_input", "setting_months").set_value(24)
    widget(app, "number_input", "setting_discount").set_value(10.0)
    widget(app, "number_input", "setting_margin").set_value(40.0)
    assert "What customers are expected to bring is computed anew at the end of the next sync." in texts(save(app))
    assert compute(connected, ACCOUNT, customer_values.TABLE).how == "rebuilt"
    after = customer_base(connected, local_admin(), ACCOUNT)
    assert before is not None
    assert after is not None
    assert (after.terms.months, after.terms.discount_rate, after.terms.margin_rate) == (24, 0.1, 0.4)
    assert before.total.orders is not None
    assert after.total.orders is not None
    assert after.total.orders > 1.2 * before.total.orders
    assert compute(connected, ACCOUNT, customer_values.TABLE).how == "unchanged"


def test_saving_the_same_again_changes_nothing(connected: Stores, open_page: Open) -> None:
    app = open_page("settings")
    widget(app, "number_input", "setting_days").set_value(14)
    assert "Settings saved." in texts(save(app))
    before = accounts(connected, local_admin())[0].settings.version
    assert "Nothing had changed." in texts(save(app))
    assert accounts(connected, local_admin())[0].settings.version == before


@both_stacks
def test_the_second_of_two_tabs_is_told_instead_of_overwriting(connected: Stores, open_page: Open) -> None:
    first, second = open_page("settings"), open_page("settings")
    widget(first, "number_input", "setting_days").set_value(14)
    widget(second, "number_input", "setting_days").set_value(60)
    assert "Settings saved." in texts(save(first))
    told = save(second)
    assert "Somebody else saved these settings" in texts(told)
    assert chosen(connected)["return_days"] == 14
    again = told.button(key="settings_reload").click().run()
    assert widget(again, "number_input", "setting_days").value == 14


@both_stacks
def test_a_change_of_currency_computes_the_figures_anew(connected: Stores, open_page: Open) -> None:
    app = open_page("settings")
    widget(app, "selectbox", "setting_currency").select("USD")
    app = computed(save(app))
    assert "The figures have been computed anew." in texts(app)
    assert "Figures computed anew" in texts(app)
    assert "USD" in texts(open_page("revenue"))


@pytest.fixture
def priced(stores: Stores) -> Ledger:
    """€100 of yesterday, computed, and a rate of two dollars for each."""
    ledger = Ledger(stores)
    ledger.store()
    ledger.rate("2026-01-01", "EUR", "USD", "2.00")
    ledger.load(placed("o1", "2026-11-20T10:00+01:00", 100, currency="EUR"))
    ledger.insert("sync_cursors", walked(ACCOUNT))
    ledger.refresh()
    return ledger


def walked(account: str) -> dict[str, Any]:
    key = {"klaviyo_public_id": account, "resource": "events", "partition": "", "cursor": "{}"}
    return key | {"watermark": SEEN}


def gross(open_page: Open, **query: str) -> str:
    return next(card.value for card in open_page("revenue", period="7 d", **query).metric if "Gross" in card.label)


def test_figures_keep_their_currency_until_they_are_computed_anew(
    priced: Ledger, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: Any) -> None:
        raise StoreFull("The disk is full.")

    app = open_page("settings")
    assert "Compute now" not in [button.label for button in app.button]
    widget(app, "selectbox", "setting_currency").select("USD")
    with monkeypatch.context() as fault:
        fault.setattr(ingest.recomputing, "recompute", dies)
        app = computed(save(app))
        assert "Computation failed just now. The disk is full." in texts(app)
        assert "have been computed anew" not in texts(app)
    assert chosen(priced.stores)["currency"] == "USD"
    assert gross(open_page) == "€100"
    app = open_page("settings")
    assert "they are in EUR" in texts(app)
    assert widget(app, "selectbox", "setting_currency").value == "USD"
    assert "have been computed anew" in texts(computed(app.button(key="settings_compute").click().run()))
    assert gross(open_page) == "$200"
    assert "they are in" not in texts(open_page("settings"))


def test_the_next_refresh_computes_what_a_save_left_pending(priced: Ledger, open_page: Open) -> None:
    priced.setting("currency", "USD")
    priced.refresh()
    assert gross(open_page) == "$200"


@both_stacks
def test_rates_saved_at_one_store_are_in_force_at_every_store(priced: Ledger, open_page: Open) -> None:
    other = Ledger(priced.stores, "Bbb222")
    other.store(currency="USD")
    other.load(placed("b1", "2026-11-20T10:00+01:00", 100, currency="GBP"))
    other.insert("sync_cursors", walked("Bbb222"))
    other.refresh()
    assert gross(open_page, store="Bbb222") == "$0"
    app = open_page("settings", store=ACCOUNT)
    widget(app, "file_uploader", "rates_file").upload("rates.csv", b"date,base,quote,rate\n2026-01-01,GBP,USD,1.5\n")
    app = widget(app, "button", "load_AbC").click().run()
    assert "1 rate(s) changed. The figures of 1 other store are computed anew as well." in texts(app)
    computed(app)
    assert gross(open_page, store="Bbb222") == "$150"
    assert gross(open_page, store=ACCOUNT) == "€100"


def test_the_conversion_metric_names_the_default_and_can_be_chosen(connected: Stores, open_page: Open) -> None:
    metric = {
        "klaviyo_public_id": ACCOUNT,
        "name": "Placed Order",
        "created_at": datetime(2024, 1, 1, tzinfo=UTC),
        "updated_at": datetime(2024, 1, 1, tzinfo=UTC),
    }
    insert(
        connected,
        "klaviyo_metrics",
        metric | {"id": "M1", "integration_name": "Shopify", "integration_id": "a"},
        metric | {"id": "M2", "integration_name": "API", "integration_id": "b"},
    )
    app = open_page("settings")
    box = widget(app, "selectbox", "setting_metric")
    assert box.options[0] == "Automatic: Placed Order · Shopify (0 events)"
    box.select("M2")
    save(app)
    assert chosen(connected)["conversion_metric_id"] == "M2"


def test_others_may_look_but_not_change(connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    app = open_page("settings")
    assert not app.exception
    assert "an admin can change them" in texts(app)
    assert widget(app, "button", "save_AbC").disabled
    assert all(box.disabled for box in app.selectbox if (box.key or "").startswith("setting_"))


def test_a_change_is_noted_with_its_author(connected: Stores, open_page: Open) -> None:
    app = open_page("settings")
    widget(app, "number_input", "setting_days").set_value(14)
    save(app)
    with connected.operational.read() as session:
        row = session.query_text("SELECT actor, action, after_value FROM audit_log", {}).to_pylist()[0]
    assert (row["actor"], row["action"], json.loads(row["after_value"])) == (
        "local admin",
        "settings.save",
        {"return_days": 14},
    )


def test_a_currency_without_a_rate_is_told_at_once(priced: Ledger, open_page: Open) -> None:
    app = open_page("settings")
    widget(app, "selectbox", "setting_currency").select("SEK")
    told = texts(computed(save(app)))
    assert "Orders without an exchange rate to SEK are left out of all sums: 1 in EUR." in told


def test_refused_rates_leave_the_table_as_it_stands_now(priced: Ledger, open_page: Open) -> None:
    app = open_page("settings")
    lines = b"date,base,quote,rate\n2026-01-01,GBP,EUR,1.2\n2026-01-01,GBP,EUR,-1\n"
    widget(app, "file_uploader", "rates_file").upload("rates.csv", lines)
    app = widget(app, "button", "load_AbC").click().run()
    assert "1 rate(s) were refused, 1 were kept." in texts(app)
    assert "1 rate(s) changed." in texts(app)
    app = widget(app, "button", "save_rates").click().run()
    assert "Somebody else" not in texts(app)
    assert "No rate had changed." in texts(app)


def test_loading_without_a_file_says_so(connected: Stores, open_page: Open) -> None:
    app = widget(open_page("settings"), "button", "load_AbC").click().run()
    assert "No file was chosen" in texts(app)


class Held:
    """Stands in for a computation that takes long: says that it has begun, goes on when told."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self._own = ingest.recomputing.recompute

    def __call__(self, *asked: Any) -> Any:
        self.begun.set()
        assert self.may_end.wait(30)
        return self._own(*asked)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    slow = Held()
    monkeypatch.setattr(ingest.recomputing, "recompute", slow)
    yield slow
    slow.may_end.set()
    for thread in threading.enumerate():
        if thread.name.startswith("recompute-"):
            thread.join(30)


def test_figures_are_computed_beside_the_page_which_tells_when_it_has_ended(
    priced: Ledger, open_page: Open, held: Held
) -> None:
    app = open_page("settings")
    widget(app, "selectbox", "setting_currency").select("USD")
    app = save(app)
    assert held.begun.wait(30)
    said = texts(app)
    assert "Settings saved." in said
    assert "The figures are being computed anew. Until that has ended, pages show those from before, in EUR." in said
    assert [status.label for status in app.get("status")] == ["Computing the figures …"]
    # Others go on meanwhile, are told, and cannot start a second job of this store.
    other = open_page("settings")
    assert "being computed anew" in texts(other)
    assert "sync_now" not in [button.key for button in other.button]
    assert gross(open_page) == "€100"
    held.may_end.set()
    app = computed(app)
    assert "The figures have been computed anew." in texts(app)
    assert "being computed anew" not in texts(app)
    assert gross(open_page) == "$200"
    assert [job.kind for job in recent(priced.stores)] == ["recompute"]


def test_while_a_sync_runs_the_computation_begins_after_it(priced: Ledger, open_page: Open) -> None:
    sync = jobs.claim(priced.stores.operational, ACCOUNT, by="test", lease=timedelta(seconds=60))
    app = open_page("settings")
    widget(app, "selectbox", "setting_currency").select("USD")
    app = save(app)
    assert not app.exception
    assert "being computed anew" in texts(app)
    assert jobs.waits(ACCOUNT)
    jobs.finish(priced.stores.operational, sync.job_id, "done", jobs.Progress())
    assert "The figures have been computed anew." in texts(computed(app))
    assert [job.kind for job in recent(priced.stores)] == ["recompute", "sync"]
    assert not jobs.waits(ACCOUNT)


def recent(stores: Stores) -> list[jobs.Job]:
    with stores.operational.read() as session:
        return jobs.recent_jobs(session, ACCOUNT)
