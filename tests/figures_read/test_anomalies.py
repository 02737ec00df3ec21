"""Unusual days of literal orders and sends, on each engine of the warehouse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.watched import Thresholds
from data_access.queries.anomalies import AnomalyQuery, anomalies
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from tests.message_rows import mailbox_day
from tests.unusual_rows import FIRST, LAST, ODD, unusual_orders, unusual_sends
from tests.warehouse_rows import ACCOUNT, deduction, insert, order

ADMIN = local_admin("test")
ASKED = AnomalyQuery(LAST, "DE", Thresholds())


def test_the_unusual_days_of_literal_rows(warehouse: Stores) -> None:
    insert(warehouse, "klaviyo_orders", *unusual_orders(), order("today", "9999.00", "2026-11-21 10:00"))
    insert(warehouse, "order_deductions", deduction("2026-10-01-1", "10.00", "2026-10-05 10:00", "2026-10-01"))
    insert(warehouse, "campaign_statistics", *unusual_sends())
    insert(warehouse, "klaviyo_orders", order("other", "9999.00", "2026-11-20 10:00", klaviyo_public_id="Other"))
    found = anomalies(warehouse, ADMIN, ACCOUNT, ASKED)
    told = {
        (each.metric.key, each.day): (each.actual, round(each.expected, 1), each.days, each.good)
        for each in found.findings
    }
    assert told == {
        ("orders", ODD): (30.0, 10.0, 1, True),
        ("new_customers", ODD): (30.0, 10.0, 1, True),
        ("gross", ODD): (300.0, 100.0, 1, True),
        ("net", ODD): (300.0, 100.0, 1, True),
    }
    # Opens of 10 Nov lie in the first eight weeks, those of 19 Nov still grow.
    assert (found.orders_from, found.messages_from) == (date(2026, 11, 15), date(2026, 11, 15))
    assert found.recent(3) == found.findings
    assert found.recent(2) == ()
    later = anomalies(
        warehouse, ADMIN, ACCOUNT, AnomalyQuery(date(2026, 11, 22), "DE", Thresholds(metrics=("open_rate",)))
    )
    assert [(each.day, each.actual, round(each.expected, 1)) for each in later.findings] == [
        (date(2026, 11, 19), 40.0, 20.0)
    ]


def test_opens_are_peoples_where_events_tell_them_and_have_a_past_of_their_own(warehouse: Stores) -> None:
    insert(warehouse, "campaign_statistics", *unusual_sends())
    days = [FIRST + timedelta(days=place) for place in range((LAST - FIRST).days + 1)]
    rows = {
        day: mailbox_day(
            day.isoformat(), day.isoformat(), "campaign", "web.de", 1000, machine_opened=100, clickers=20,
            openers=300 if day == date(2026, 11, 19) else 100,
        )
        for day in days
    }  # fmt: skip
    november = date(2026, 11, 1)
    asked = AnomalyQuery(date(2026, 11, 22), "DE", Thresholds(metrics=("open_rate", "click_rate")), "messages")
    insert(warehouse, "mailbox_days", *(row for day, row in rows.items() if day >= november))
    young = anomalies(warehouse, ADMIN, ACCOUNT, asked)
    # 20 % with machines before November are no past of the 10 % of people since then.
    assert (young.findings, young.reactions_from, young.messages_from) == ((), None, date(2026, 11, 15))
    insert(warehouse, "mailbox_days", *(row for day, row in rows.items() if day < november))
    found = anomalies(warehouse, ADMIN, ACCOUNT, asked)
    assert [(each.metric.key, each.day, each.actual, round(each.expected, 1)) for each in found.findings] == [
        ("open_rate", date(2026, 11, 19), 30.0, 10.0)
    ]
    assert (found.people, found.reactions_from, found.orders_from) == (True, date(2026, 11, 15), None)


def test_thresholds_and_holidays_are_those_of_the_account(warehouse: Stores) -> None:
    insert(warehouse, "klaviyo_orders", *unusual_orders())
    assert anomalies(warehouse, ADMIN, ACCOUNT, AnomalyQuery(LAST, "DE", Thresholds(sensitivity=6.0))).findings == ()
    insert(warehouse, "holidays", {"country": "AT", "date": ODD, "name": "A holiday"})
    assert anomalies(warehouse, ADMIN, ACCOUNT, ASKED).findings
    assert anomalies(warehouse, ADMIN, ACCOUNT, AnomalyQuery(LAST, "AT", Thresholds())).findings == ()


def test_a_young_or_empty_store_has_none_and_says_so(warehouse: Stores) -> None:
    assert anomalies(warehouse, ADMIN, ACCOUNT, ASKED).orders_from is None
    insert(warehouse, "klaviyo_orders", order("a", "10.00", "2026-10-01 10:00"), order("b", "0.00", "2026-11-02 10:00"))
    insert(warehouse, "order_deductions", deduction("a", "10.00", "2026-11-19 10:00", "2026-10-01"))
    found = anomalies(warehouse, ADMIN, ACCOUNT, ASKED)
    assert (found.orders_from, found.findings) == (None, ())


def test_nobody_reads_another_store(warehouse: Stores) -> None:
    with pytest.raises(NotPermitted):
        anomalies(warehouse, granted("eve", ["Other"], [Right.VIEW]), ACCOUNT, ASKED)
