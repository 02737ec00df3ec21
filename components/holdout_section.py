"""What a campaign added: cards with intervals, the two sides beside each other, and what can be concluded."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from analytics.holdouts import LEAKED, LEFT_OUT, REACHED, Arm, Measured
from components import cards, tables, wording
from components import holdout_words as words
from components.cards import Card
from components.definitions import told
from components.hovers import hover

_ARMS: Final = {REACHED: "Reached", LEFT_OUT: "Left out", LEAKED: "Left out, and got it"}
Rows = list[dict[str, Any]]


def added(found: Measured, currency: str) -> None:
    """The section of a campaign with a holdout."""
    st.markdown(words.verdict(found, currency))
    for warning in words.warnings(found, currency):
        st.warning(warning, icon=":material/warning:")
    if found.revenue is not None:
        cards.show(_cards(found, currency), "", sparklines=False)
    if found.arms:
        _sides(found, currency)
    if found.holdout.sent_on is not None:
        st.markdown(words.attribution(found.attributed, found.holdout, currency))
    st.caption(words.source(found.holdout, words.leaked_of(found)))
    st.caption(words.method(found.holdout))


def _cards(found: Measured, currency: str) -> list[Card]:
    assert found.revenue is not None
    money, orders = found.revenue.revenue, found.more_orders
    buyers = found.revenue.difference.buyers if found.revenue.difference is not None else None
    none = wording.NOT_AVAILABLE
    return [
        Card(
            "added_revenue", "Added revenue", none if money is None else wording.money_short(money[1], currency), "",
            "up", "",
            ["" if money is None else
             f"95 %: {wording.money_short(money[0], currency)} to {wording.money_short(money[2], currency)}"],
            told("message.added_revenue"),
        ),
        Card(
            "added_orders", "Added orders", none if orders is None else wording.count(round(orders[1])), "", "up", "",
            ["" if orders is None else f"95 %: {wording.count(round(orders[0]))} to {wording.count(round(orders[2]))}"],
            told("message.added_orders"),
        ),
        Card(
            "added_buyers", "Share of buyers", none if buyers is None else wording.points(buyers.points), "", "up", "",
            ["" if buyers is None else f"95 %: {wording.points(buyers.low)} to {wording.points(buyers.high)}"],
            told("message.added_buyers"),
        ),
        Card(
            "attributed_net", "Attributed, net", wording.money_short(found.attributed.net, currency), "", "neither", "",
            ["another question"], told("message.attributed_net"),
        ),
    ]  # fmt: skip


def _sides(found: Measured, currency: str) -> None:
    held = [(name, found.arms[key]) for key, name in _ARMS.items() if key in found.arms]
    columns: dict[str, list[Any]] = {
        "Side": [name for name, _ in held],
        "People": [arm.people for _, arm in held],
        "Buyers": [arm.buyers for _, arm in held],
        "Share": [arm.buyers / arm.people * 100 for _, arm in held],
        "Orders": [arm.orders for _, arm in held],
        "Revenue": [float(arm.revenue) for _, arm in held],
        "A person": [float(arm.revenue) / arm.people for _, arm in held],
        "Before": [float(arm.revenue_before) / arm.people for _, arm in held],
    }
    number, money = st.column_config.NumberColumn, f"{currency} a person"
    config = {
        "Side": st.column_config.TextColumn("Side", width="medium"),
        **{name: number(name, format="%,d") for name in ("People", "Buyers", "Orders")},
        "Share": number("Share of buyers", format="%.2f %%"),
        "Revenue": number(f"Net revenue, {currency}", format="%,.2f", help=hover("message.left_out_revenue")),
        "A person": number(money, format="%,.2f"),
        "Before": number("A person before", format="%,.2f", help=hover("message.left_out_before")),
    }
    tables.show(columns, config, key="table_holdout")


def rows(found: Measured) -> Rows:
    """The export: one row a side, exact, with what was concluded beside those reached."""
    money, orders = (found.revenue.revenue if found.revenue else None), found.more_orders
    said = {
        "added_revenue": None if money is None else money[1],
        "added_revenue_low": None if money is None else money[0],
        "added_revenue_high": None if money is None else money[2],
        "added_orders": None if orders is None else orders[1],
        "attributed_gross": found.attributed.gross,
        "attributed_net": found.attributed.net,
        "klaviyo_value": found.attributed.klaviyo,
    }
    return [
        _row(key, found.arms[key]) | (said if key == REACHED else dict.fromkeys(said))
        for key in _ARMS
        if key in found.arms
    ]


def _row(key: str, arm: Arm) -> dict[str, Any]:
    return {
        "side": key,
        "people": arm.people,
        "buyers": arm.buyers,
        "orders": arm.orders,
        "net_revenue": arm.revenue,
        "buyers_before": arm.buyers_before,
        "orders_before": arm.orders_before,
        "net_revenue_before": arm.revenue_before,
    }
