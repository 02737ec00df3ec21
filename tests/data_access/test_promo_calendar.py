"""What the calendar reads: the catalog, scenarios as they stand and as they were approved, campaigns of stores."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.promo.calendar import Campaign, Kind
from analytics.promo.terms import Cell
from data_access.queries.promo_calendar import Days, StoreDays, campaigns, plan
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes import scenarios as writes
from tests.promo_rows import HERO, draft, moved
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert

ADMIN = local_admin("boss")
DECEMBER = Days(date(2026, 12, 1), date(2026, 12, 31))


def one() -> str:
    return str(uuid.uuid4())


def past(name: str | None, start: date, end: date, department: str, channel: str, pct: str | None) -> dict[str, Any]:
    return {
        "promo_name": name, "date_start": start, "date_end": end, "departments": [department], "channels": [channel],
        "avg_discount_pct": None if pct is None else Decimal(pct), "is_found": name is None,
    }  # fmt: skip


@both_stacks
def test_past_and_planned_promotions_of_some_days_and_where_they_meet(stores: Stores) -> None:
    insert(
        stores, "promo_catalog",
        past("Advent", date(2026, 11, 28), date(2026, 12, 1), "TV", "online", "12.50"),
        past(None, date(2026, 12, 31), date(2027, 1, 2), "Toys", "offline", None),
        past("Gone", date(2026, 11, 1), date(2026, 11, 30), "TV", "online", "10.00"),
    )  # fmt: skip
    first = writes.save(stores, ADMIN, draft(), seen=None, save_id=one()).scenario_id
    writes.submit(stores, ADMIN, first, seen=1, save_id=one())
    writes.approve(stores, ADMIN, first, seen=2, save_id=one())
    # It is changed after its approval: the approved one stands beside the draft.
    deeper = moved(draft(replace(HERO, discount_pct=30.0), label="Deeper"), first)
    writes.save(stores, ADMIN, deeper, seen=3, save_id=one())
    rejected = writes.save(stores, ADMIN, draft(label="No"), seen=None, save_id=one()).scenario_id
    writes.submit(stores, ADMIN, rejected, seen=1, save_id=one())
    writes.reject(stores, ADMIN, rejected, seen=2, save_id=one(), comment="no")

    found = plan(stores, ADMIN, DECEMBER)
    assert [(held.kind, held.label, held.discount, held.version) for held in found.promotions] == [
        (Kind.NAMED, "Advent", 12.5, None),
        (Kind.DRAFT, "Deeper", 30.0, 4),
        (Kind.APPROVED, "October push", 20.0, 3),
        (Kind.FOUND, "", None, None),
    ]
    assert found.promotions[3].cells == (Cell("Toys", "offline"),)
    # Those of the scenario run on 1 and 2 December, Advent until the 1st.
    assert [(met.first.label, met.second.label, met.start, met.end) for met in found.overlaps] == [
        ("Advent", "October push", date(2026, 12, 1), date(2026, 12, 1)),
        ("Advent", "Deeper", date(2026, 12, 1), date(2026, 12, 1)),
    ]
    assert (found.first, found.last) == (date(2026, 11, 1), date(2027, 1, 2))
    with pytest.raises(NotPermitted):
        plan(stores, granted("eve", [ACCOUNT], [Right.VIEW]), DECEMBER)


@both_stacks
def test_campaigns_stand_on_the_day_of_their_store_and_are_of_those_who_see_it(stores: Stores) -> None:
    def sent(id: str, status: str, at: datetime | None, account: str = ACCOUNT) -> None:
        insert(
            stores, "klaviyo_campaigns",
            {"klaviyo_public_id": account, "campaign_id": id, "name": f"C {id}", "status": status, "channel": "email",
             "created_at": datetime(2026, 11, 1, tzinfo=UTC), "sent_at": at},
        )  # fmt: skip

    berlin = ZoneInfo("Europe/Berlin")
    # 23:30 UTC on 30 November is half past midnight on 1 December in Berlin; on 31 December it is the next year.
    sent("late", "Sent", datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    sent("plan", "Scheduled", datetime(2026, 12, 24, 9, tzinfo=UTC))
    sent("year", "Sent", datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    sent("draft", "Draft", datetime(2026, 12, 5, tzinfo=UTC))
    sent("off", "Cancelled: No Recipients", datetime(2026, 12, 5, tzinfo=UTC))
    sent("never", "Draft", None)
    sent("else", "Sent", datetime(2026, 12, 5, tzinfo=UTC), "Other1")
    asked = StoreDays("Shop", DECEMBER.start, DECEMBER.end, berlin)
    assert list(campaigns(stores, ADMIN, ACCOUNT, asked)) == [
        Campaign("Shop", "email", "C late", date(2026, 12, 1), True),
        Campaign("Shop", "email", "C plan", date(2026, 12, 24), False),
    ]
