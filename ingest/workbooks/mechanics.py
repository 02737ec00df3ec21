"""A promotion's terms by department and channel, as `promo_catalog.mechanics` keeps them, from a file's columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from analytics.promo.mechanics import ALL, CHANNELS, Mechanic
from analytics.promo.terms import Form

_KEPT: Final = ("promo_name", "date_start", "date_end", "departments", "channels", "avg_discount_pct")


def with_mechanics(rows: pa.Table) -> pa.Table:
    """Promotions as the table keeps them: with `mechanics` as JSON text in place of the columns that it is made of.

    It is NULL where a promotion names no departments or no discount. Without channels it holds for both.
    """
    told = [None if (found := _mechanics(row)) is None else json.dumps(found) for row in rows.to_pylist()]
    return rows.select(list(_KEPT)).append_column("mechanics", pa.array(told, pa.string()))


def _mechanics(row: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    departments, discount = row["departments"], row["avg_discount_pct"]
    if not departments or discount is None:
        return None
    cells = [(department, channel) for department in departments for channel in row["channels"] or CHANNELS]
    segments = row["segments"] or []
    costs, funds = _parted(row["fixed_cost"], len(cells)), _parted(row["funding"], len(cells))
    return [
        Mechanic(
            department, channel, float(discount),
            tuple(segments) if segments and [one.upper() for one in segments] != [ALL] else (ALL,),
            row["notes"] or "", Form(row["form"] or Form.PERCENTAGE), _number(row["redemption"]),
            _number(row["reach"]), _number(row["promoted_share"]), cost, fund, _number(row["stock_cap"]),
        ).stored()
        for (department, channel), cost, fund in zip(cells, costs, funds, strict=True)
    ]  # fmt: skip


def _number(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _parted(amount: Decimal | None, parts: int) -> list[float | None]:
    """An amount of the whole promotion in equal parts, to the cent; what is left over goes to the first ones."""
    if amount is None:
        return [None] * parts
    each, left = divmod(int(amount * 100), parts)
    return [(each + (at < left)) / 100 for at in range(parts)]
