"""A store of ten orders of 10.00 a day since 20 Sep 2026, in which one day is unusual: 18 Nov 2026 has thirty."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.message_rows import campaign
from tests.warehouse_rows import order

FIRST, ODD, LAST = date(2026, 9, 20), date(2026, 11, 18), date(2026, 11, 20)


def unusual_orders() -> list[dict[str, Any]]:
    """Its orders. On 25 Oct the clocks went back: that day has 25 hours, and its ten orders are at both of its ends."""
    rows = []
    for place in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=place)
        for number in range(30 if day == ODD else 10):
            at = f"{day} {'00:10' if number % 2 else '23:50'}"
            rows.append(order(f"{day}-{number}", "10.00", at))
    return rows


def unusual_sends() -> list[dict[str, Any]]:
    """A campaign of 1,000 a day of which 200 open and 20 click; on 10 Nov 400 open, on 19 Nov as well."""
    rows = []
    for place in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=place)
        opened = 400 if day in (date(2026, 11, 10), date(2026, 11, 19)) else 200
        rows.append(campaign(f"c{place}", day.isoformat(), 1000, opened=opened, clicked=20))
    return rows
