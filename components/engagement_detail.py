"""One campaign and one flow of the engagement page: messages, variations with their winner, days, what was bought."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from analytics.engagement import Counts, rate
from analytics.engagement_detail import Bought, CampaignDetail, FlowDetail, VariationTest
from analytics.engagement_events import EventCounts
from analytics.periods import ONE_DAY, Grain, bucket_of
from components import bar_chart, cards, charts, day_marks, palette, tables, wording
from components import engagement_words as words
from components.cards import Card
from components.definitions import told
from components.hovers import hover
from components.plain import plain
from components.revenue_series import Shown

CURVE_DAYS: Final = 14


def heading(name: str, key: str) -> bool:
    """A name with a button on the right; whether a person closes it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(plain(name), anchor=False, width="content")
        return st.button("Close", key=key, icon=":material/close:", type="tertiary")


def campaign(found: CampaignDetail, shown: Shown, file: str, people: EventCounts | None = None) -> None:
    """A campaign's figures, its variations with the winner, its days, and what was bought.

    people: its events, where opens are those of people on the page; None: machines are in."""
    currency, counts = shown.account.currency, found.counts
    sent = wording.moment(found.sent_at, shown.account.zone) if found.sent_at else ""
    said = [words.channel(found.channel), found.status, f"sent {sent}" if sent else "", ", ".join(found.tags)]
    st.caption(plain(" · ".join(piece for piece in said if piece)))
    mail = found.channel == "email"
    _cards(counts, currency, "campaign", mail=mail, people=people)
    if not found.variations:
        st.caption("Klaviyo has no statistics of it yet.")
        return
    rows = [
        {"Variation": each.name}
        | _row(each.counts)
        | {"Message": each.message, "Subject": each.subject or None, "Preview": each.preview or None}
        for each in found.variations
    ]
    st.markdown("**Messages and variations**")
    tables.show({name: [row[name] for row in rows] for name in rows[0]}, _config(currency), key="table_variations")
    if mail:
        st.caption(words.AS_REPORTED)
    for _, clicks, buyers in found.tests():
        for test, what in ((clicks, "clicks"), (buyers, "buyers")):
            if test is not None:
                st.markdown(f"- {winner_said(test, what)}")
    _bought_days(found.bought, found.sent_on, shown, f"{file}-campaign-{found.id}")
    _bought(found.bought, currency)


def winner_said(test: VariationTest, what: str) -> str:
    """Which variation is ahead, and whether that is more than chance."""
    found = test.found.difference
    head = (
        f"**{plain(test.best.name)}** has more {what}: {wording.rate(test.own)} of delivered against "
        f"{wording.rate(test.other)} of {plain(test.next_best.name)}"
    )
    span = f"{wording.points(found.low)} to {wording.points(found.high)}, p = {found.p_value:.3f}"
    if test.found.sure:
        return f"{head}. The difference is significant ({span}): it is the winner."
    if found.points == 0:
        return f"By {what} they are equal."
    return f"{head}. The difference may be chance ({span}): no winner yet."


def flow(found: FlowDetail, shown: Shown, file: str) -> None:
    """A flow's figures, its messages in their places with drop-off and revenue, its trend, and what was bought."""
    currency, counts = shown.account.currency, found.counts
    state = words.flow_status(found.status, archived=found.archived)
    said = [state, f"starts by {found.trigger}" if found.trigger else "", ", ".join(found.tags)]
    st.caption(" · ".join(piece for piece in [*said, f"sent {wording.days(shown.period)}"] if piece))
    if found.status != "live":
        st.info(f"This flow is not live ({state.lower()}): nobody enters it now.", icon=":material/pause_circle:")
    if not found.messages:
        st.caption("It has no messages.")
        return
    mail = any(each.channel == "email" for each in found.messages)
    _cards(counts, currency, "flow", mail=mail)
    rows: list[dict[str, Any]] = [
        {
            "Place": each.position,
            "Message": each.name,
            "Channel": words.channel(each.channel),
            "State": words.flow_status(each.status, archived=False) if each.status else None,
            "Drop": each.drop_off,
        }
        | _row(each.counts)
        | {"Trend": [float(value) for value in each.weeks] or None}
        | {"Subject": each.subject or None}
        for each in found.messages
    ]
    st.markdown("**Messages in their places**")
    config = _config(currency) | {
        "Place": st.column_config.NumberColumn("Place", width="small"),
        "Trend": st.column_config.AreaChartColumn("13 weeks", width=110, y_min=0, help=hover("engagement.13_weeks")),
        "Drop": st.column_config.NumberColumn(
            "Drop-off",
            format="%.1f %%",
            help=hover("engagement.drop_off"),
        ),
    }
    tables.show({name: [row[name] for row in rows] for name in rows[0]}, config, key="table_messages", rows_seen=12)
    if mail:
        st.caption(words.AS_REPORTED)
    if any(each.drop_off is not None and each.drop_off < 0 for each in found.messages):
        st.caption("A drop-off below 0: the message had more recipients than the last one of its channel before it.")
    _flow_days(found, shown, file)
    _bought(found.bought, currency)


def _cards(counts: Counts, currency: str, key: str, *, mail: bool, people: EventCounts | None = None) -> None:
    """mail: whether there is e-mail among it, which machines open too."""
    opened = counts.open_rate if people is None else rate(people.openers, counts.delivered)
    whose = () if opened is None or not mail else ("machines in" if people is None else "machines left out",)
    cards.show(
        [
            Card(f"{key}_recipients", "Recipients", wording.count_short(counts.recipients), "", "neither", "", (),
                 told("message.recipients")),
            Card(f"{key}_open", "Open rate", wording.rate(opened), "", "up", "", whose,
                 told("message.open")),
            Card(f"{key}_conversion", "Conversion rate", wording.rate(counts.conversion_rate), "", "up", "", (),
                 told("message.conversion")),
            Card(f"{key}_value", "Revenue", wording.money_short(counts.value, currency), "", "up", "", (),
                 told("message.value")),
        ],
        "",
        sparklines=False,
    )  # fmt: skip


def _row(counts: Counts) -> dict[str, Any]:
    return {
        "Recipients": None if counts.recipients is None else int(counts.recipients),
        "Open": counts.open_rate,
        "Click": counts.click_rate,
        "Conversion": counts.conversion_rate,
        "Unsubscribed": counts.unsubscribe_rate,
        "Revenue": None if counts.value is None else float(counts.value),
        "Per": None if counts.per_recipient is None else float(counts.per_recipient),
    }


def _config(currency: str) -> dict[str, Any]:
    rates = {"Open": "Open rate", "Click": "Click rate", "Conversion": "Conversion rate"}
    return {name: st.column_config.NumberColumn(label, format="%.1f %%") for name, label in rates.items()} | {
        "Variation": st.column_config.TextColumn("Variation", width="medium"),
        "Message": st.column_config.TextColumn("Message", width="medium"),
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Unsubscribed": st.column_config.NumberColumn("Unsubscribed", format="%.2f %%"),
        "Revenue": st.column_config.NumberColumn(
            f"Revenue, {currency}", format="%,.2f", help=hover("engagement.revenue")
        ),
        "Per": st.column_config.NumberColumn(
            "Per recipient", format="%,.2f", help=hover("engagement.per_recipient", currency=currency)
        ),
    }


def _bought_days(found: Bought, sent_on: date | None, shown: Shown, file: str) -> None:
    """Orders won by day from the day of sending on."""
    if not found.days:
        st.caption("No order names it as the message that won it.")
        return
    first = min([*found.days, *([sent_on] if sent_on else [])])
    days = [first + timedelta(days=place) for place in range(min((max(found.days) - first).days + 1, 60))]
    # At least two weeks, as far as they have come.
    further = (days[-1] + timedelta(days=place) for place in range(1, CURVE_DAYS - len(days) + 1))
    days += [day for day in further if day <= shown.reached]
    currency = shown.account.currency
    sums = [found.days.get(day, (0, Decimal(0))) for day in days]
    hover = [
        f"{wording.day(day)}: {wording.money(gross, currency)}, {wording.count(orders)} orders"
        for day, (orders, gross) in zip(days, sums, strict=True)
    ]
    st.markdown("**Orders it won, by order date**")
    figure = bar_chart.over_days(
        days, {"Revenue": [float(gross) for _, gross in sums]}, {"Revenue": palette.ACCENT}, hover, height=200
    )
    figure["layout"]["yaxis"]["tickprefix"] = wording.symbol(currency)
    alt = f"Orders won by day since {wording.day(first)}: {wording.money(found.gross, currency)} in all."
    alt = day_marks.on(figure, [day.isoformat() for day in days], days[-1], shown.marked, alt)
    charts.show(figure, key="chart_won", alt=alt, file=f"{file}-won")


def _flow_days(found: FlowDetail, shown: Shown, file: str) -> None:
    """What a flow brought over time."""
    currency = shown.account.currency
    sums: dict[date, tuple[int, Decimal]] = {}
    day = shown.period.start
    while day <= shown.period.end:
        start = bucket_of(day, shown.grain, shown.account.first_weekday)
        recipients, value = sums.get(start, (0, Decimal(0)))
        more, gained = found.days.get(day, (0, Decimal(0)))
        sums[start] = (recipients + more, value + gained)
        day += ONE_DAY
    starts = list(sums)
    hover = [
        f"{wording.bucket(start, shown.grain, shown.period)}: {wording.money(value, currency)}, "
        f"{wording.count(recipients)} recipients"
        for start, (recipients, value) in sums.items()
    ]
    by = {Grain.DAY: "day", Grain.WEEK: "week", Grain.MONTH: "month"}[shown.grain]
    st.markdown(f"**Revenue by {by} of sending**, by Klaviyo")
    figure = bar_chart.over_days(
        starts,
        {"Revenue": [float(value) for _, value in sums.values()]},
        {"Revenue": palette.ACCENT},
        hover,
        height=200,
    )
    figure["layout"]["yaxis"]["tickprefix"] = wording.symbol(currency)
    alt = f"Revenue of {found.name} by {by}, {wording.days(shown.period)}."
    alt = day_marks.on(figure, [start.isoformat() for start in starts], shown.period.end, shown.marked, alt)
    charts.show(figure, key="chart_flow", alt=alt, file=f"{file}-flow-{found.id}")


def _bought(found: Bought, currency: str) -> None:
    """Who bought, and what."""
    if not found.orders:
        return
    repeat = found.customers - found.new_customers
    one = found.customers == 1
    st.markdown(
        f"**Who bought what**: {wording.count(found.orders)} order{'s' if found.orders > 1 else ''} of "
        f"{wording.count(found.customers)} customer{'' if one else 's'}, "
        f"{wording.count(found.new_customers)} for the first time and {wording.count(repeat)} again; "
        f"{wording.money(found.gross, currency)} by the orders' own attribution."
    )
    if found.products:
        _products(found, currency)
    if found.people:
        _people(found, currency)


def _products(found: Bought, currency: str) -> None:
    columns: dict[str, list[Any]] = {
        "Product": [row["name"] or row["product_id"] for row in found.products],
        "Units": [row["units"] for row in found.products],
        "Orders": [row["orders"] for row in found.products],
        "Customers": [row["customers"] for row in found.products],
        "Sales": [float(str(row["sales"])) for row in found.products],
    }
    config = {
        "Product": st.column_config.TextColumn("Product", width="medium"),
        "Sales": st.column_config.NumberColumn(f"Sales, {currency}", format="%,.2f", help=hover("engagement.sales")),
    }
    tables.show(columns, config, key="table_bought", rows_seen=8)


def _people(found: Bought, currency: str) -> None:
    """The people who bought most, named for those who may see names."""
    names = [f"{each.first_name} {each.last_name}".strip() for each in found.people]
    columns: dict[str, list[Any]] = {
        "Buyer": [name or each.email or each.id for name, each in zip(names, found.people, strict=True)],
        "Email": [each.email for each in found.people],
        "Bought": [each.orders for each in found.people],
        "Gross": [float(each.gross) for each in found.people],
        "First": [each.first_time for each in found.people],
    }
    config = {
        "Buyer": st.column_config.TextColumn("Buyer", width="medium"),
        "Email": st.column_config.TextColumn("E-mail", width="medium"),
        "Bought": st.column_config.NumberColumn("Orders", format="%,d"),
        "Gross": st.column_config.NumberColumn(
            f"Revenue, {currency}", format="%,.2f", help=hover("engagement.order_revenue")
        ),
        "First": st.column_config.CheckboxColumn("First time", help=hover("engagement.first_time")),
    }
    tables.show(columns, config, key="table_buyers", rows_seen=8)
    more = found.customers - len(found.people)
    if more > 0:
        st.caption(f"The first {wording.count(len(found.people))} of {wording.count(found.customers)} by revenue.")
