"""The optimiser's answer: its rows, every limit with the room that is left, the frontier of sales against margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.promo.optimiser import Best
from analytics.promo.slack import Kept
from components import charts, palette, tables, wording
from components.charts import TALL, Figure, base_layout
from components.hovers import hover
from components.optimiser_words import amount, room
from components.scenario_edit import CHANNEL_NAMES
from components.scenario_words import signed_money, titled

# Wide enough for the longest limit of a department and channel.
_NAMES: Final = 225


def rows_table(best: Best, currency: str) -> None:
    """The discounts found, each with what it is expected to do in its own department and channel."""
    told = rows(best)
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in told] for name in told[0]} if told else {}
    config = {
        "department": st.column_config.TextColumn("Department", pinned=True),
        "channel": st.column_config.TextColumn("Channel"),
        "discount_pct": st.column_config.NumberColumn("Discount", format="%g %%"),
        "ebit_delta": st.column_config.NumberColumn(
            titled("EBIT change", currency), format="%,.0f", help=hover("scenarios.own_ebit_change")
        ),
        "sales_delta": st.column_config.NumberColumn(titled("Sales change", currency), format="%,.0f"),
        "uplift_pct": st.column_config.NumberColumn("Uplift of units", format="%.1f %%"),
    }
    # In the order of the columns above: the result stands before what it is made of, which a narrow table cuts off.
    columns = {name: columns[name] for name in config if name in columns}
    if "channel" in columns:
        columns["channel"] = [CHANNEL_NAMES.get(one, one) for one in columns["channel"]]
    tables.show(columns, config, key="table_optimised", rows_seen=12)


def rows(best: Best) -> list[dict[str, Any]]:
    """The same for a file."""
    simulation = best.simulation
    cells = simulation.baseline.cells
    found = []
    for cell, discount in sorted(best.discounts.items()):
        place, offer = cells.index(cell), simulation.offers[cell]
        found.append(
            {
                "department": cell.department,
                "channel": cell.channel,
                "discount_pct": round(discount * 100, 2),
                "uplift_pct": round(offer.uplift * 100, 2),
                "sales_delta": round(float((simulation.sales - simulation.baseline.sales)[place].sum()), 2),
                "ebit_delta": round(float((simulation.ebit - simulation.baseline_ebit)[place].sum()), 2),
            }
        )
    return found


def limits_table(kept: Sequence[Kept], currency: str) -> None:
    """Every limit, what stands against it by the simulator's own figures, and the room between."""
    columns: dict[str, Sequence[Any]] = {
        "Limit": [_short(one.name) for one in kept],
        "Allowed": [amount(one.limit, one.counted, currency) for one in kept],
        "Is": [amount(one.actual, one.counted, currency) for one in kept],
        "Room": [room(one, currency) for one in kept],
        "Kept": ["✓ kept" if one.holds else "✗ missed" for one in kept],
    }
    config = {
        "Limit": st.column_config.TextColumn("Limit", pinned=True, width=_NAMES),
        "Room": st.column_config.TextColumn("Room left", help=hover("scenarios.room_left")),
    }
    tables.show(columns, config, key="table_limits", rows_seen=12)


def _short(name: str) -> str:
    """A limit's name that fits its column, with a capital letter."""
    short = name.removeprefix("discount ")
    return short[:1].upper() + short[1:]


def frontier(points: Sequence[Best], picked: Best | None, currency: str, at: int = -1) -> Figure:
    """Sales against margin of the best combinations: more of one costs some of the other. at: the place of the one that
    a person looks at, which is larger."""
    layout = base_layout(TALL)
    layout["hovermode"] = "closest"
    layout["margin"]["t"] = 16
    sign = wording.symbol(currency)
    layout["xaxis"] |= {"showgrid": True, "tickprefix": sign, "tickformat": ".3~s", "nticks": 6}
    layout["yaxis"] |= {"tickprefix": sign, "tickformat": ".3~s", "nticks": 6}
    chosen = [place for place, point in enumerate(points) if picked is not None and point.discounts == picked.discounts]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [point.simulation.totals.sales for point in points],
        "y": [point.simulation.totals.margin for point in points],
        "line": {"color": palette.PAST, "width": 1},
        "marker": {
            "size": [16 if place == at else 14 if place in chosen else 9 for place in range(len(points))],
            "color": [palette.GOOD if place in chosen else palette.ACCENT for place in range(len(points))],
        },
        "customdata": [point_said(point, currency) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return {"data": [trace], "layout": layout}


def point_said(point: Best, currency: str) -> str:
    """A point of the frontier in words."""
    totals = point.simulation.totals
    number = len(point.discounts)
    return (
        f"Sales {wording.money_short(totals.sales, currency)}, margin {wording.money_short(totals.margin, currency)}"
        f" ({wording.rate(totals.margin_pct)}), EBIT {signed_money(point.simulation.net_ebit_delta, currency)}, "
        f"{number} {'promotion' if number == 1 else 'promotions'}"
    )


def draw_frontier(points: Sequence[Best], picked: Best | None, currency: str, file: str) -> int | None:
    """The frontier, and a choice of its points; the place of the one that a person opens as a scenario."""

    def noted(point: Mapping[str, Any]) -> None:
        st.session_state["frontier_point"] = int(point["point_index"])

    place = st.session_state.get("frontier_point", 0)
    if place >= len(points):
        place = st.session_state["frontier_point"] = 0
    charts.show(
        frontier(points, picked, currency, place),
        key="chart_frontier",
        alt="Line: the most sales that can be had for each margin; from the largest margin to the largest sales.",
        file=f"{file}-frontier",
        on_pick=noted,
    )
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Point of the frontier, largest margin first",
        range(len(points)),
        format_func=lambda n: f"{n + 1}: {point_said(points[n], currency)}",
        key="frontier_point",
        help=hover("scenarios.point"),
    )
    if right.button("Open as scenario", key="frontier_open", icon=":material/edit_note:", width="stretch"):
        return int(chosen)
    return None
