"""Old rows go; the orders, refunds, facts and roll-ups that were made of them stay to the cent, also in a rebuild."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from data_access import jobs
from data_access.aggregates import recompute
from data_access.operations import retention
from data_access.operations.retention import Expired, Retained, cutoffs, months_before, retain
from data_access.operations.runs import last_runs
from data_access.scope import NotPermitted, Right, Scope, granted
from settings import Settings
from tests.figures.literal import ACCOUNT, CLICKED, OPENED, RECEIVED, Event, Ledger, item, placed, refunded
from tests.operations.kept import OF_EVENTS, OF_ORDERS, figures

# Twelve months before it begins 15 January 2025 in Berlin, which is 23:00 UTC of the 14th.
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CUTOFF = datetime(2025, 1, 14, 23, tzinfo=UTC)


@pytest.fixture
def old(each_ledger: Ledger) -> Ledger:
    """Orders, refunds and touches on both sides of the cutoff; three events lie within the hours around it."""
    ledger = each_ledger
    ledger.load(
        Event("opened-dec", OPENED, "2024-12-01T08:00:00+01:00"),
        placed("A", "2024-12-01T12:00:00+01:00", 10, "p1", Items=[item("red", 10)]),
        Event("touch-of-B", RECEIVED, "2025-01-13T08:00:00+01:00", "p2"),
        Event("touch-of-C", RECEIVED, "2025-01-14T20:00:00+01:00", "p3"),
        placed("B", "2025-01-14T23:30:00+01:00", 20, "p2", Items=[item("red", 20)]),
        Event("opened-14th", OPENED, "2025-01-14T23:45:00+01:00", "p3"),
        Event("opened-15th", OPENED, "2025-01-15T00:15:00+01:00", "p3"),
        placed("C", "2025-01-15T00:30:00+01:00", 30, "p3", Items=[item("blue", 30)]),
        refunded("RA", "A", "2025-03-01T12:00:00+01:00", 4, "p1"),
        refunded("RC", "C", "2025-03-02T12:00:00+01:00", 5, "p3"),
        placed("D", "2025-12-20T12:00:00+01:00", 40, "p1", Items=[item("red", 40)]),
        Event("clicked", CLICKED, "2025-12-20T11:00:00+01:00", "p1"),
    )
    ledger.attribute("B", {"attributed_event_id": "touch-of-B", "campaign_id": "c1", "campaign_message_id": "m1"})
    ledger.attribute("C", {"attributed_event_id": "touch-of-C", "campaign_id": "c2", "campaign_message_id": "m2"})
    ledger.refresh()
    return ledger


def run(ledger: Ledger, settings: Settings, admin: Scope, **how: Any) -> Retained:
    return retain(ledger.stores, settings, admin, now=NOW, **how)


def event_ids(ledger: Ledger) -> list[str]:
    return [row["id"] for row in ledger.rows("klaviyo_events", "id", "timestamp")]


def told(done: Retained, table: str) -> Expired:
    return next(one for one in done.expired if one.table == table)


# --- how long ---------------------------------------------------------------------------------------------------------


def test_cutoffs_are_midnights_of_the_account(settings: Settings) -> None:
    assert {name: at.isoformat() for name, at in cutoffs(settings, ZoneInfo("Europe/Berlin"), NOW).items()} == {
        "raw_api_responses": "2025-12-15T23:00:00+00:00",
        "klaviyo_events": "2025-01-14T23:00:00+00:00",
        "klaviyo_attributions": "2025-01-14T23:00:00+00:00",
        "klaviyo_aggregated_metrics": "2023-12-31T23:00:00+00:00",
        "holdout_people": "2025-01-14T23:00:00+00:00",
        "sync_jobs": "2025-01-14T23:00:00+00:00",
        "loaded_chunks": "2025-01-14T23:00:00+00:00",
        "forecast_predictions": "2025-07-14T22:00:00+00:00",
        "scenario_kpis": "2024-01-14T23:00:00+00:00",
        "post_mortem_reports": "2023-01-14T23:00:00+00:00",
        "data_processing_jobs": "2025-10-16T22:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-15", 13, "2024-12-15"),
        ("2026-12-31", 24, "2024-12-31"),
    ],
)
def test_months_end_where_the_month_does(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


def test_nothing_is_removed_where_a_setting_is_zero(old: Ledger, settings: Settings, admin: Scope) -> None:
    ever = Settings(
        data_dir=settings.data_dir,
        **{name: 0 for name in Settings.model_fields if name.startswith("retention_")},  # type: ignore[arg-type]
    )
    assert run(old, ever, admin).expired == []
    assert len(event_ids(old)) == 12


# --- events -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_and_changes_nothing(old: Ledger, settings: Settings, admin: Scope) -> None:
    before = figures(old)
    done = run(old, settings, admin, dry_run=True)
    assert told(done, "klaviyo_events") == Expired(
        "klaviyo_events",
        ACCOUNT,
        CUTOFF,
        rows=5,
        oldest=datetime(2024, 12, 1, 7, tzinfo=UTC),
        newest=datetime(2025, 1, 14, 22, 45, tzinfo=UTC),
    )
    assert told(done, "klaviyo_attributions").rows == 1
    assert len(event_ids(old)) == 12
    assert figures(old) == before
    with old.stores.operational.read() as session:
        assert session.rows("operations/runs_last") == []


def test_events_before_the_cutoff_go_and_touches_of_kept_orders_stay(
    old: Ledger, settings: Settings, admin: Scope
) -> None:
    assert told(run(old, settings, admin), "klaviyo_events").rows == 5
    assert event_ids(old) == ["touch-of-C", "opened-15th", "C", "RA", "RC", "clicked", "D"]
    assert [row["event_id"] for row in old.rows("klaviyo_attributions")] == ["C"]
    assert run(old, settings, admin).rows == 0


def test_a_rebuild_after_it_gives_the_same_to_the_cent(old: Ledger, settings: Settings, admin: Scope) -> None:
    before = figures(old)
    run(old, settings, admin)
    assert figures(old) == before
    done = recompute(old.stores, ACCOUNT)
    assert figures(old) == before
    assert done.aggregated.frozen_before == CUTOFF
    assert done.aggregated.frozen is not None
    assert "14 Jan 2025" in done.aggregated.frozen
    old.refresh(full=True)
    assert figures(old) == before


def test_another_currency_revalues_orders_whose_events_are_gone(
    each_ledger: Ledger, settings: Settings, admin: Scope
) -> None:
    """The store turns to dollars at Klaviyo: 2 for a euro, 2.5 from March 2025 on."""
    ledger = each_ledger
    ledger.rate("2024-01-01", "EUR", "USD", "2")
    ledger.rate("2025-03-01", "EUR", "USD", "2.5")
    red = [item("red", 5, 2)]
    ledger.load(
        Event("touch", RECEIVED, "2024-12-01T08:00:00+01:00"),
        placed("A", "2024-12-01T12:00:00+01:00", 10, "p1", currency="EUR", Items=red),
        placed("B", "2024-12-02T12:00:00+01:00", 8, "p2", currency="CHF"),
        refunded("RA", "A", "2025-03-01T12:00:00+01:00", 4, "p1", currency="EUR"),
        placed("D", "2025-12-20T12:00:00+01:00", 40, "p1", currency="EUR"),
        placed("E", "2025-12-21T12:00:00+01:00", 50, "p1", currency="USD"),
    )
    ledger.attribute("A", {"attributed_event_id": "touch", "campaign_id": "c1", "campaign_message_id": "m1"})
    ledger.refresh()
    run(ledger, settings, admin)
    assert event_ids(ledger) == ["RA", "D", "E"]
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE stores SET currency = 'USD'")
    ledger.refresh()
    worth = ledger.table("klaviyo_orders", "order_id", "order_value", "currency", "order_value_account")
    assert worth == [
        ("A", "10.00", "EUR", "20.00"),
        ("B", "8.00", "CHF", None),
        ("D", "40.00", "EUR", "100.00"),
        ("E", "50.00", "USD", "50.00"),
    ]
    assert ledger.table("klaviyo_order_line_items", "order_id", "line_total", "line_total_account") == [
        ("A", "10.00", "20.00")
    ]
    assert ledger.table("order_deductions", "order_id", "amount") == [("A", "10.00")]
    assert ledger.table("fact_revenue", "date", "revenue") == [
        ("2024-12-01", "20.00"),
        ("2024-12-02", "0.00"),
        ("2025-12-20", "100.00"),
        ("2025-12-21", "50.00"),
    ]
    assert ledger.table("fact_conversions", "date", "revenue") == [("2024-12-01", "20.00")]
    spent = ledger.table("klaviyo_orders", "order_id", "customer_total_spent", where="customer_id = 'p1'")
    assert spent == [("A", "20.00"), ("D", "120.00"), ("E", "170.00")]


def test_small_batches_remove_the_same(
    old: Ledger, settings: Settings, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 1)
    before = figures(old)
    run(old, settings, admin)
    assert event_ids(old) == ["touch-of-C", "opened-15th", "C", "RA", "RC", "clicked", "D"]
    recompute(old.stores, ACCOUNT)
    assert figures(old) == before


def test_a_late_order_from_before_the_horizon_counts_and_frozen_days_stay(
    old: Ledger, settings: Settings, admin: Scope
) -> None:
    run(old, settings, admin)
    before = figures(old, OF_EVENTS)
    old.load(placed("late", "2024-12-05T12:00:00+01:00", 7, "p9"), Event("late-open", OPENED, "2024-12-01T09:00:00Z"))
    old.refresh()
    assert old.table("fact_revenue", "date", "revenue", where="date < DATE '2025-01-01'") == [
        ("2024-12-01", "10.00"),
        ("2024-12-05", "7.00"),
    ]
    assert figures(old, OF_EVENTS) == before
    orders = figures(old, OF_ORDERS)
    assert told(run(old, settings, admin), "klaviyo_events").rows == 2
    recompute(old.stores, ACCOUNT)
    assert figures(old) == orders | before


def test_what_is_new_since_is_computed_beside_what_is_frozen(old: Ledger, settings: Settings, admin: Scope) -> None:
    run(old, settings, admin)
    old.load(Event("opened-now", OPENED, "2025-01-15T09:00:00+01:00", "p3"))
    old.refresh()
    days = old.table("fact_engagement", "date", "metric_type", "count", where="metric_type = 'opened'")
    assert days == [("2024-12-01", "opened", 1), ("2025-01-14", "opened", 1), ("2025-01-15", "opened", 2)]
    month = "bucket_size = '1 month' AND metric_id = 'm-open'"
    assert old.table("klaviyo_aggregated_metrics", "time_bucket", "count", where=month) == [
        ("2024-11-30T23:00Z", 1),
        ("2024-12-31T23:00Z", 3),
    ]


def test_events_wait_until_their_history_was_read_once(old: Ledger, settings: Settings, admin: Scope) -> None:
    with old.stores.operational.write() as session:
        session.execute_text("UPDATE sync_cursors SET watermark = NULL")
    done = run(old, settings, admin)
    assert [one.table for one in done.expired if one.table in retention._EVENTS] == []
    assert "never read to the end" in done.notes[0]
    assert len(event_ids(old)) == 12


def test_of_a_store_of_files_no_events_are_missed(old: Ledger, settings: Settings, admin: Scope) -> None:
    """It has none that could be read to the end."""
    with old.stores.operational.write() as session:
        session.execute_text("DELETE FROM sync_cursors")
        session.execute_text("UPDATE stores SET status = 'files'")
    assert run(old, settings, admin, dry_run=True).notes == []


def test_it_never_runs_beside_a_sync(old: Ledger, settings: Settings, admin: Scope) -> None:
    jobs.claim(old.stores.operational, ACCOUNT, by="test", lease=timedelta(minutes=5))
    done = run(old, settings, admin)
    assert done.skipped == [ACCOUNT]
    assert "running" in done.notes[0]
    assert len(event_ids(old)) == 12


def test_a_sync_does_not_begin_beside_it(
    old: Ledger, settings: Settings, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []
    real = retention._remove_events

    def meanwhile(*args: Any) -> None:
        with pytest.raises(jobs.JobRunning) as running:
            jobs.claim(old.stores.operational, ACCOUNT, by="test", lease=timedelta(minutes=5))
        refused.append(str(running.value))
        real(*args)

    monkeypatch.setattr(retention, "_remove_events", meanwhile)
    run(old, settings, admin)
    assert len(refused) == 1
    jobs.claim(old.stores.operational, ACCOUNT, by="test", lease=timedelta(minutes=5))


# --- the other tables -------------------------------------------------------------------------------------------------


def test_runs_go_with_what_they_loaded_and_the_newest_stays(
    each_ledger: Ledger, settings: Settings, admin: Scope
) -> None:
    ledger, kept = each_ledger, "2025-01-15T00:00:00Z"
    for run_id, at in (("r1", "2024-12-01T00:00:00Z"), ("r2", kept)):
        ledger.insert("sync_jobs", {"job_id": run_id, "klaviyo_public_id": ACCOUNT, "state": "done", "created_at": at})
        ledger.insert("loaded_chunks", {"klaviyo_public_id": ACCOUNT, "job_id": run_id, "seq": 1, "loaded_at": at})
    done = run(ledger, settings, admin)
    assert (told(done, "sync_jobs").rows, told(done, "loaded_chunks").rows) == (1, 1)
    assert [row["job_id"] for row in ledger.rows("sync_jobs", "job_id", where="kind = 'sync'")] == ["r2"]
    assert [row["job_id"] for row in ledger.rows("loaded_chunks")] == ["r2"]
    later = retain(ledger.stores, settings, admin, now=NOW + timedelta(days=4000), dry_run=True)
    assert told(later, "sync_jobs").rows == 1


def test_raw_responses_and_buckets_of_the_account_go(old: Ledger, settings: Settings, admin: Scope) -> None:
    for account in (ACCOUNT, "Other1"):
        for at in ("2025-12-15T22:59:59Z", "2025-12-15T23:00:00Z"):
            row = {"klaviyo_public_id": account, "endpoint": "events", "response_data": "{}", "api_version": "1"}
            old.insert("raw_api_responses", row | {"timestamp": at})
    bucket = {"metric_id": "m", "bucket_size": "1 day", "count": 1, "sum_value": 0, "value_count": 0}
    for at in ("2023-12-30T23:00:00Z", "2023-12-31T23:00:00Z"):
        old.insert("klaviyo_aggregated_metrics", bucket | {"klaviyo_public_id": ACCOUNT, "time_bucket": at})
    done = run(old, settings, admin, account=ACCOUNT)
    assert told(done, "raw_api_responses").rows == 1
    assert told(done, "klaviyo_aggregated_metrics").rows == 1
    assert old.table("raw_api_responses", "timestamp") == [("2025-12-15T23:00Z",)]
    assert old.table("klaviyo_aggregated_metrics", "time_bucket", where="metric_id = 'm'") == [("2023-12-31T23:00Z",)]
    with old.stores.operational.read() as session:
        rest = session.query_text("SELECT count(*) AS n FROM raw_api_responses", {})
    assert rest["n"].to_pylist() == [3]


def test_people_of_a_holdout_go_with_the_events_and_what_they_bought_stays(
    old: Ledger, settings: Settings, admin: Scope
) -> None:
    named = {"name": "n", "kind": "chance", "source": "file", "source_name": "f", "days": 14, "listed": 1, "unknown": 0,
             "repeated": 0, "created_by": "ann"}  # fmt: skip
    counts = dict.fromkeys(
        ("people", "buyers", "buyers_before", "orders", "orders_before", "orders_squares", "orders_before_squares",
         "orders_products", "revenue", "revenue_before", "revenue_squares", "revenue_before_squares",
         "revenue_products", "unpriced"), 1,
    )  # fmt: skip
    # 14 days from 31 December 2024 end with 13 January; those from 1 January 2025 with 14 January, and are kept.
    for campaign, sent_on in (("gone", date(2024, 12, 31)), ("kept", date(2025, 1, 1)), ("never sent", None)):
        of = {"klaviyo_public_id": ACCOUNT, "campaign_id": campaign}
        old.insert("holdouts", of | named | {"sent_on": sent_on, "created_at": "2025-01-10T00:00:00Z"})
        old.insert("holdout_people", of | {"side": "left_out", "profile_id": "p", "person_id": "p"})
        old.insert("holdout_arms", of | {"arm": "left_out"} | counts)
    assert told(run(old, settings, admin, account=ACCOUNT), "holdout_people").rows == 2
    assert [row["campaign_id"] for row in old.rows("holdout_people")] == ["kept"]
    assert len(old.rows("holdout_arms")) == 3
    # What is no longer kept is not measured anew: its figures stay.
    recompute(old.stores, ACCOUNT)
    assert {row["campaign_id"]: int(row["people"]) for row in old.rows("holdout_arms")}["gone"] == 1


def test_what_the_company_keeps_goes_by_its_own_terms(old: Ledger, settings: Settings, admin: Scope) -> None:
    scenario, stale, fresh = UUID(int=1), UUID(int=2), UUID(int=3)
    money = {f"{kind}{end}": 1 for kind in ("sales_value", "margin_value", "ebit", "units") for end in ("_delta",)} | {
        "total_sales_value": 1,
        "total_margin_value": 1,
        "total_ebit": 1,
        "total_units": 1,
    }
    period = {"period_start": date(2024, 1, 1), "period_end": date(2024, 1, 7)}
    days = {"date_range_start": date(2024, 1, 1), "date_range_end": date(2024, 1, 7)}
    old.insert("promo_scenarios", {"id": str(scenario), "label": "January", "mechanics": "{}"} | days)
    for id, at in ((stale, "2024-01-14T23:59:59Z"), (fresh, "2024-01-15T00:00:00Z")):
        row = {"id": str(id), "scenario_id": str(scenario), "kpi_breakdown": "{}", "created_at": at}
        old.insert("scenario_kpis", row | money | period)
    actual = {f"actual_{name}": 1 for name in ("sales_value", "margin_value", "ebit", "units")}
    for at, of in (("2023-01-14T23:59:59Z", stale), ("2023-01-15T00:00:00Z", stale), ("2026-01-01T00:00:00Z", fresh)):
        row = {"forecast_kpi_id": str(of), "frozen_forecast": json.dumps({"total_ebit": 1}), "created_at": at}
        old.insert("post_mortem_reports", row | actual | period)
    for name, state in (("done", "completed"), ("broken", "failed"), ("running", "processing")):
        old.insert(
            "data_processing_jobs",
            {"job_id": name, "status": state, "files_queued": 1, "created_at": "2025-10-01T00:00:00Z"},
        )
    done = run(old, settings, admin)
    assert {one.table: one.rows for one in done.expired if one.account == retention.COMPANY} == {
        "forecast_predictions": 0,
        "scenario_kpis": 1,
        "post_mortem_reports": 1,
        "data_processing_jobs": 2,
    }
    with old.stores.operational.read() as session:
        kpis = session.query_text("SELECT CAST(id AS VARCHAR) AS id FROM scenario_kpis", {})["id"].to_pylist()
        mortems = session.query_text(
            "SELECT CAST(forecast_kpi_id AS VARCHAR) AS kpi, frozen_forecast FROM post_mortem_reports"
            " ORDER BY created_at",
            {},
        ).to_pylist()
        left = session.query_text("SELECT job_id FROM data_processing_jobs", {})["job_id"].to_pylist()
    assert kpis == [str(fresh)]
    assert [row["kpi"] for row in mortems] == [None, str(fresh)]
    assert json.loads(mortems[0]["frozen_forecast"]) == {"total_ebit": 1}
    assert left == ["running"]


def test_predictions_go_by_the_day_that_they_are_for(old: Ledger, settings: Settings, admin: Scope) -> None:
    for model, account in ((1, ACCOUNT), (2, "Other1"), (3, None)):
        old.insert(
            "forecast_models",
            {
                "model_id": model,
                "klaviyo_public_id": account,
                "world": "orders" if account else "sales",
                "metric_name": "revenue",
                "model_type": "prophet",
                "parameters": "{}",
            },
        )
        for day in (date(2025, 7, 13), date(2025, 7, 15)):
            old.insert("forecast_predictions", {"model_id": model, "date": day, "value": 1})
    assert told(run(old, settings, admin, account=ACCOUNT), "forecast_predictions").rows == 1
    # What was forecast of the company's sales is the company's.
    done = run(old, settings, admin)
    assert [(one.account, one.rows) for one in done.expired if one.table == "forecast_predictions"][-1] == ("", 1)
    with old.stores.operational.read() as session:
        left = session.query_text("SELECT model_id, date FROM forecast_predictions ORDER BY model_id, date", {})
    assert [(row["model_id"], row["date"].day) for row in left.to_pylist()] == [(1, 15), (2, 13), (2, 15), (3, 15)]


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_run_is_recorded(old: Ledger, settings: Settings, admin: Scope) -> None:
    run(old, settings, admin)
    with old.stores.operational.read() as session:
        found = {found.account: found for found in last_runs(session)}
    assert found[ACCOUNT].state == "done"
    assert found[ACCOUNT].details["klaviyo_events"] == {"rows": 5, "cutoff": "2025-01-14T23:00:00+00:00"}
    assert (found[None].kind, found[None].started_by) == ("retention", "test")


def test_only_an_admin_may(old: Ledger, settings: Settings) -> None:
    with pytest.raises(NotPermitted):
        run(old, settings, granted("somebody", [ACCOUNT], [Right.VIEW, Right.SYNC, Right.SETTINGS]))
