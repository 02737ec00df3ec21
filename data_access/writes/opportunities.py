"""Where promotions would pay, as it was found last: it takes the place of what was found before."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from analytics.landing import month_end
from analytics.promo.discovery import Found
from data_access.queries.promo_state import OPPORTUNITIES
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_write
from data_access.stores import Stores

# An id follows from what is proposed, so that the same one stays the same.
_NAMES: Final = uuid.UUID("c3a1f7de-6c1b-4b86-9f0e-3a7de1c5b201")


@repeatable
def keep_opportunities(
    stores: Stores, scope: Scope, months: Mapping[date, Sequence[Found]], model_version: str
) -> None:
    """Keeps what was found, by the first day of its month, all in one transaction, in place of what was found of these
    months and of earlier ones: what scenarios came from stays, of any month.

    Raises NotPermitted, StoreError.
    """
    with promo_write(stores.operational, scope) as session:
        for found in months.values():
            for one in found:
                session.execute("opportunities/put", **_row(one, model_version))
        session.execute("opportunities/clear", last=month_end(max(months)))
        session.execute("scenarios/publish", dataset=OPPORTUNITIES)


def opportunity_id(one: Found) -> str:
    """The id of what is proposed: department, channel, days and discount."""
    told = [one.cell.department, one.cell.channel, one.start.isoformat(), one.end.isoformat(), round(one.discount, 6)]
    return str(uuid.uuid5(_NAMES, json.dumps(told)))


def _row(one: Found, model_version: str) -> dict[str, Any]:
    share = one.gap_share_pct
    details = {
        "ebit_delta": round(one.ebit, 2), "net_ebit_delta": round(one.net_ebit, 2), "sales_delta": round(one.sales, 2),
        "units_delta": round(one.units, 2), "month_sales_delta": round(one.month_sales, 2),
        "uplift_units_pct": round(one.uplift * 100, 2), "promo_days": one.promo_days,
        "deepest_pct": round(one.deepest * 100, 2), "overall_score": one.score,
        "gap": None if one.gap is None else round(one.gap, 2), "model_version": model_version,
    }  # fmt: skip
    return {
        "id": opportunity_id(one), "department": one.cell.department, "channel": one.cell.channel, "start": one.start,
        "end": one.end, "discount": Decimal(repr(round(one.discount * 100, 2))),
        "ebit": Decimal(f"{one.net_ebit:.2f}"), "share": None if share is None else Decimal(f"{share:.2f}"),
        "reason": one.reason, "details": json.dumps(details),
    }  # fmt: skip
