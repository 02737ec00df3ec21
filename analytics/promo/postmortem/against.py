"""The forecast that was frozen at approval beside what was sold: by department, channel and day, to the cent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.breakdown import by_cell_and_day
from analytics.promo.postmortem.case import Case, Sold
from analytics.promo.postmortem.kept import Figures
from analytics.promo.terms import Cell

MONEY: Final = ("sales_value", "margin_value", "ebit")
FIGURES: Final = (*MONEY, "units")
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Against:
    """Whole cents and pieces, cells × days of the promotion, 0 where a day is not judged. forecast: None where nothing
    was promised; before: the forecast's own baseline."""

    cells: tuple[Cell, ...]
    actual: Mapping[str, Whole]
    forecast: Mapping[str, Whole] | None
    before: Mapping[str, Whole] | None

    def totals(self) -> dict[str, int]:
        """What was sold, all together."""
        return {name: int(held.sum()) for name, held in self.actual.items()}


def against(case: Case, found: Sold) -> Against:
    """found: at least the promotion's days. The promotion's fixed cost and funding are spread over its days, as in the
    forecast, so that a day that is not judged takes its part along."""
    days = case.length
    judged = found.judged[:, :days]
    sales, margin = found.sales[:, :days] * judged, found.margin[:, :days] * judged
    rate = np.array([case.cost_rate(cell.channel) for cell in found.cells])[:, None]
    cost = np.array(
        [
            (offer.fixed_cost - offer.funding) / days if (offer := case.promoted.get(cell)) else 0.0
            for cell in found.cells
        ]
    )[:, None]
    actual = {
        "sales_value": _cents(sales),
        "margin_value": _cents(margin),
        "ebit": by_cell_and_day(np.round(margin - rate * sales - cost * judged, 6), 2),
        "units": np.rint(found.units[:, :days] * judged).astype(np.int64),
    }
    if case.frozen is None:
        return Against(found.cells, actual, None, None)
    return Against(
        found.cells, actual, _promised(case.frozen, found.cells, judged, ""),
        _promised(case.frozen, found.cells, judged, "baseline_"),
    )  # fmt: skip


def figures(of: Against) -> Figures:
    """The report's own columns."""
    sums = of.totals()
    promised = None if of.forecast is None else {name: int(held.sum()) for name, held in of.forecast.items()}

    def error(name: str) -> Decimal | None:
        return None if promised is None else error_pct(sums[name], promised[name])

    return Figures(
        actual_sales_value=_money(sums["sales_value"]),
        actual_margin_value=_money(sums["margin_value"]),
        actual_margin_pct=_share(sums["margin_value"], sums["sales_value"]),
        actual_ebit=_money(sums["ebit"]),
        actual_units=sums["units"],
        sales_value_error_pct=error("sales_value"),
        margin_value_error_pct=error("margin_value"),
        ebit_error_pct=error("ebit"),
        units_error_pct=error("units"),
    )


def error_pct(actual: int, forecast: int) -> Decimal | None:
    """(actual − forecast) / |forecast| × 100; None at forecast 0."""
    if forecast == 0:
        return None
    share = Decimal(actual - forecast) / Decimal(abs(forecast)) * 100
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def grouped(of: Against, key: str, name_of: Callable[[Cell], str]) -> list[dict[str, Any]]:
    """Rows by department or channel: each figure, its forecast and its error in per cent."""
    rows = []
    for name in sorted({name_of(cell) for cell in of.cells}):
        held = np.array([name_of(cell) == name for cell in of.cells])
        rows.append({key: name} | _compared(of, lambda array, held=held: int(array[held].sum())))  # type: ignore[misc]
    return rows


def by_cell(of: Against) -> list[dict[str, Any]]:
    """The same by department and channel."""
    return [
        {"department": cell.department, "channel": cell.channel} | _compared(of, lambda array, n=n: int(array[n].sum()))  # type: ignore[misc]
        for n, cell in enumerate(of.cells)
    ]


def by_day(of: Against, days: Sequence[Any]) -> list[dict[str, Any]]:
    """The same by day."""
    return [
        {"date": day.isoformat()} | _compared(of, lambda array, n=n: int(array[:, n].sum()))  # type: ignore[misc]
        for n, day in enumerate(days)
    ]


def whole(of: Against) -> dict[str, Any]:
    """The same of everything."""
    return _compared(of, lambda array: int(array.sum()))


def _compared(of: Against, sum_of: Callable[[Whole], int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in FIGURES:
        actual = sum_of(of.actual[name])
        promised = None if of.forecast is None else sum_of(of.forecast[name])
        error = None if promised is None else error_pct(actual, promised)
        scale = 1 if name == "units" else 100
        found[name] = actual if scale == 1 else actual / scale
        found[f"forecast_{name}"] = None if promised is None else promised if scale == 1 else promised / scale
        found[f"{name}_error_pct"] = None if error is None else float(error)
    return found


def _promised(frozen: Mapping[str, Any], cells: Sequence[Cell], judged: Any, prefix: str) -> dict[str, Whole]:
    kept = {Cell(one["department"], one["channel"]): one for one in frozen["cells"]}
    found = {}
    for name in FIGURES:
        held = np.zeros(judged.shape)
        for row, cell in enumerate(cells):
            if cell in kept:
                held[row] = kept[cell][prefix + name]
        found[name] = np.rint(held * judged * (1 if name == "units" else 100)).astype(np.int64)
    return found


def _cents(array: Any) -> Whole:
    found: Whole = np.rint(array * 100).astype(np.int64)
    return found


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _share(part: int, of: int) -> Decimal | None:
    return (Decimal(part) / Decimal(of) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP) if of > 0 else None
