"""The page Engagement: what a person reads of a few messages, of one campaign and one flow, and without any."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.page_probe import require_drawn
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import engagement_frame, guard
from tests.message_rows import (
    campaign,
    campaign_text,
    contact_week,
    flow,
    flow_fact,
    flow_place,
    form,
    list_size,
    mailbox_day,
    message_day,
    segment,
    sent,
    variation,
)
from tests.pages.conftest import Open, files, texts
from tests.pages.test_cohorts_page import cards, charts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, attribution, insert, line, order, store


def marked(app: AppTest) -> set[str]:
    """The charts that say on which days the campaign k1 was sent."""
    protos = [one.proto for one in app.get("plotly_chart") if "10 Nov 2026 campaign Campaign k1" in one.proto.alt]
    return {name for name in charts(app) if any(name in proto.id for proto in protos)}


def legacy(id: str, **statistics: float) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT, "campaign_id": id, "campaign_message_id": f"m-{id}", "send_channel": "email",
        "store_public_ids": [ACCOUNT], "campaign_name": f"Old {id}", "subject": "Hello", "tag_names": ["old"],
        "statistics": json.dumps(statistics), "updated_at": datetime(2024, 5, 1, tzinfo=UTC),
    }  # fmt: skip


@pytest.fixture
def messages(connected: Stores) -> Stores:
    """The last 28 days, of which Saturday the 21st is not over, and the 28 before them."""
    insert(
        connected, "campaign_statistics",
        campaign("k1", "2026-11-10", 1000, delivered=990, bounced=10, opened=495, clicked=99, bought=33,
                 value="660.00"),
        campaign("k2", "2026-11-12", 1000, delivered=990, bounced=10, opened=297, clicked=33, bought=11, value="110.00",
                 spam_complaints=3),
        campaign("t1", "2026-11-13", 200, "sms", delivered=198, failed=2, clicked=20, bought=4, value="80.00",
                 spend="16.0000", text_message_credit_usage_amount=200),
        campaign("old", "2026-10-10", 1000, opened=400, clicked=80, bought=20, value="400.00"),
        campaign("first", "2025-09-01", 10),
    )  # fmt: skip
    insert(
        connected, "campaign_message_statistics",
        variation("k1", "m1", "a", "2026-11-10", 500, clicked=70, bought=20, value="400.00"),
        variation("k1", "m1", "b", "2026-11-10", 500, clicked=29, bought=13, value="260.00"),
    )  # fmt: skip
    insert(
        connected, "klaviyo_campaigns",
        sent("k1", "2026-11-10 08:00", "Autumn [sale]", "email", "sale"), sent("k2", "2026-11-12 16:00"),
    )  # fmt: skip
    insert(
        connected, "flow_statistics",
        flow("w", "w1", "2026-11-11", 100, opened=50, bought=10, value="150.00"),
        flow("w", "w2", "2026-11-14", 60, opened=30, bought=3, value="45.00"), flow("w", "w1", "2026-11-21", 4),
    )  # fmt: skip
    insert(connected, "klaviyo_flows", flow_fact("w"), flow_fact("p", "manual"), flow_fact("d", "draft"))
    insert(connected, "klaviyo_flow_messages", flow_place("w", "w1", 1), flow_place("w", "w2", 2))
    insert(connected, "form_statistics", form("f", "2026-11-10", 200, 10))
    insert(connected, "segment_statistics", segment("s", "2026-11-10", 110, 12, 2))
    news = {"klaviyo_public_id": ACCOUNT, "list_id": "news", "name": "News", "opt_in_process": "double_opt_in"}
    insert(connected, "klaviyo_lists", news, news | {"list_id": "texts", "name": "Text club"})
    insert(connected, "list_sizes", list_size("news", "2026-11-10", 200), list_size("news", "2026-11-20", 220))
    insert(connected, "klaviyo_orders", order("o1", "60.00", "2026-11-11 10:00"))
    insert(connected, "klaviyo_order_line_items", line("o1", "p", "60.00", "2026-11-11", 2))
    insert(connected, "order_attribution", attribution("o1", "campaign", "k1", "email", "2026-11-11"))
    return connected


def open_rates(app: AppTest) -> list[str]:
    """On the page's card, and on that of what was picked."""
    return [metric.value for metric in app.metric if metric.label == "Open rate"]


def table(app: AppTest, column: str) -> Any:
    """The first table with a column."""
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


@both_stacks
def test_a_few_messages(messages: Stores, open_page: Open) -> None:
    insert(messages, "campaignstats", legacy("x", recipients=500, conversion_value=12.5, opens_unique=100))
    app = open_page("engagement")
    assert not app.exception
    shown = cards(app)
    # 2,200 of campaigns, 164 of the flow; 2,178 + 164 delivered; opened 872 of 2,144 that tell opens; 61 bought.
    assert (shown["Recipients"], shown["Delivery rate"], shown["Open rate"]) == ("2,364", "99.1 %", "40.7 %")
    assert (shown["Click rate"], shown["Conversion rate"], shown["Per recipient"]) == ("6.5 %", "2.6 %", "€0.44")
    changes = {metric.label: metric.delta for metric in app.metric}
    # Of whole days 2,360 against 1,000; the 872 of 2,140 against 40 %.
    assert (changes["Recipients"], changes["Open rate"]) == ("+136.0 %", "+0.7 pp")
    said = texts(app)
    assert "without the day that is not over" in said
    assert "€1,045.00, what Klaviyo gives to messages of these days." in said
    assert "Orders of these days give messages €60.00" in said
    # 3 complaints of 2,140 within fourteen days.
    assert "Spam complaints of e-mail stand at 0.14 % over 14 days, above the limit of 0.10 %" in said
    assert "Gmail does not report complaints" in said
    funnel = {trace["name"]: trace["y"] for trace in charts(app)["chart_funnel"]["data"]}
    assert funnel["SMS"] == [100, 99, None, 10, 2]
    for figure in charts(app).values():
        go.Figure(figure)
    campaigns = table(app, "Open_usual")
    assert list(campaigns["Campaign"]) == ["Campaign t1", "Campaign k2", "Campaign k1"]
    assert "**Autumn" not in said
    flows = table(open_page("engagement", behind="Flows"), "Trigger")
    assert list(zip(flows["Flow"], flows["State"], flows["Revenue"].fillna(-1), strict=True)) == [
        ("Flow w", "Live", 195.0), ("Flow d", "Draft", -1.0), ("Flow p", "Paused (manual)", -1.0),
    ]  # fmt: skip
    old = open_page("engagement", behind="Earlier system")
    assert list(table(old, "Changed").iloc[0][["Campaign", "Recipients", "Revenue"]]) == ["Old x", 500.0, 12.5]


def test_days_that_no_report_has_yet_are_in_no_verdict(messages: Stores, open_page: Open) -> None:
    with messages.operational.write() as session:
        session.execute_text(
            "UPDATE stores SET campaign_values_last_update = TIMESTAMPTZ '2026-11-21 11:00:00+00',"
            " flow_values_last_update = TIMESTAMPTZ '2026-11-12 08:00:00+00'"
        )
    app = open_page("engagement")
    assert not app.exception
    said = texts(app)
    assert "statistics up to 12 Nov 2026 09:00" in said
    # 25 October to 11 November: 1,000 of a campaign and 100 of the flow, against the 1,000 of 10 October.
    assert {metric.label: metric.delta for metric in app.metric}["Recipients"] == "+10.0 %"
    assert cards(app)["Recipients"] == "2,364"
    # The complaints came with the mail of the 12th.
    assert "Spam complaints of e-mail stand at" not in said


@both_stacks
def test_people_apart_from_machines_by_mailbox_and_day(messages: Stores, open_page: Open) -> None:
    insert(messages, "klaviyo_campaign_messages", campaign_text("k1", "m1"), campaign_text("k2", "m2"))
    insert(
        messages, "mailbox_days",
        mailbox_day("2025-09-01", "2025-09-01", "campaign", "web.de", 10),
        mailbox_day("2026-11-10", "2026-11-10", "campaign", "gmx.de", 980, opened=500, machine_opened=300, openers=200,
                    clickers=99, bounced=60, marked_spam=1),
        mailbox_day("2026-11-12", "2026-11-12", "campaign", "web.de", 980, opened=100, machine_opened=10, openers=90),
    )  # fmt: skip
    insert(messages, "message_days", message_day("2026-11-10", "m1", 980, openers=200, clickers=99, machine_opened=300))
    insert(messages, "contact_weeks", contact_week("2026-11-09", 2, 40), contact_week("2026-11-09", 5, 10))
    told = {"klaviyo_public_id": ACCOUNT, "channel": "email", "engaged_on": date(2026, 8, 23), "profiles": 30}
    insert(messages, "reachable_profiles", told, told | {"engaged_on": date(2026, 8, 22), "profiles": 70})
    app = open_page("engagement", campaign="k1")
    assert not app.exception
    # 290 people of the 2,144 mails delivered; by the reports machines and all 40.7 %.
    assert open_rates(app)[0] == "13.5 %"
    assert open_rates(open_page("engagement", opens="With machines"))[0] == "40.7 %"
    mailboxes = table(app, "Machines")
    assert list(zip(mailboxes["Mailbox"], mailboxes["Sent"], mailboxes["Bounced"], strict=True)) == [
        ("gmx.de", 1040, pytest.approx(60 / 1040 * 100)), ("web.de", 980, 0.0),
    ]  # fmt: skip
    said = texts(app)
    # Ninety days up to 20 November begin on 23 August.
    people = table(app, "Silent")
    assert list(people.iloc[0]) == ["E-mail", 100, 30, 30.0, 70]
    assert "opened, clicked or ordered since 23 Aug 2026 (90 days" in said
    # One complaint of 980 is 0.10 %, too, and may be chance.
    assert "**gmx.de** is over a limit: bounces 5.77 %, limit 2.00 %." in said
    # 80 + 50 messages to fifty profiles.
    assert "**2.6 messages a week for each profile that gets any** (all channels, 4 whole weeks" in said
    assert "100.0 % of 200 opens came on the first two days" in said
    assert "chart_reactions" in marked(app)
    assert list(table(app, "People")["People"]) == [0, 0, 0]
    for figure in charts(app).values():
        go.Figure(figure)


def test_a_campaigns_opens_are_peoples_where_those_of_its_year_are(messages: Stores, open_page: Open) -> None:
    """Of 1,000 mails delivered 450 were opened by the report, by 200 people by events; of the one of 2025, 4 of 10."""
    insert(
        messages, "campaign_message_statistics",
        variation("k2", "m2", "a", "2026-11-12", 1000, opened=450),
        variation("first", "m0", "a", "2025-09-01", 10, opened=4),
    )  # fmt: skip
    sent_by = {"k1": "m1", "k2": "m2", "old": "m3"}
    insert(messages, "klaviyo_campaign_messages", *(campaign_text(id, message) for id, message in sent_by.items()))
    insert(messages, "mailbox_days", mailbox_day("2025-08-01", "2025-08-01", "campaign", "gmx.de", 10))
    insert(
        messages, "message_days", message_day("2026-11-10", "m1", 990, openers=100),
        message_day("2026-11-12", "m2", 990, openers=200, machine_opened=1), message_day("2026-10-10", "m3", 990),
    )  # fmt: skip
    app = open_page("engagement", campaign="k2")
    campaigns = table(app, "Open_usual").set_index("Campaign")
    assert campaigns.loc["Campaign k2", "Open"] == pytest.approx(200 / 990 * 100)
    assert open_rates(app)[1] == "20.0 %"
    said = texts(app)
    assert "machines left out" in said
    assert "machines opened once and bots clicked 0 times beside them" in said
    assert "Opens and clicks here are as Klaviyo's reports count them, with those of machines." in said
    machines = open_page("engagement", campaign="k2", opens="With machines")
    assert open_rates(machines)[1] == "45.0 %"
    assert "machines in" in texts(machines)
    # No event of its messages is known: its opens are the report's.
    assert open_rates(open_page("engagement", campaign="first"))[1] == "40.0 %"


def test_one_campaign_and_one_flow(messages: Stores, open_page: Open) -> None:
    app = open_page("engagement", campaign="k1")
    assert not app.exception
    said = texts(app)
    assert "**Variation a** has more clicks: 14.0 % of delivered against 5.8 % of Variation b" in said
    assert "The difference is significant" in said
    assert "no winner yet" in said
    assert "1 order of 1 customer, 1 for the first time and 0 again; €60.00" in said
    assert list(table(app, "Product")["Product"]) == ["Product p"]
    assert list(table(app, "Buyer").iloc[0]) == ["o1@example.com", "o1@example.com", 1, 60.0, True]
    assert "chart_won" in charts(app)
    app.session_state["export_campaign"] = True
    said = texts(app.run())
    assert "**Variations**, all rows" in said
    assert "**Buyers**, all rows" in said
    app = open_page("engagement", behind="Flows", flow="w")
    places = table(app, "Place")
    assert list(places["Trend"][0][-2:]) == [150.0, 0.0]
    assert list(zip(places["Place"], places["Message"], places["Recipients"], strict=True)) == [
        (1, "Mail w1", 104), (2, "Mail w2", 60),
    ]  # fmt: skip
    assert places["Drop"][1] == pytest.approx(100 - 60 / 104 * 100)
    insert(messages, "klaviyo_flow_messages", flow_place("p", "p1", 1), flow_place("p", "p2", 2))
    insert(messages, "flow_statistics", flow("p", "p1", "2026-11-11", 7), flow("p", "p2", "2026-11-12", 32))
    assert "A drop-off below 0" not in texts(app)
    paused = texts(open_page("engagement", behind="Flows", flow="p"))
    assert "nobody enters it now" in paused
    assert "A drop-off below 0: the message had more recipients than the last one of its channel before it." in paused
    assert "which is not here" in texts(open_page("engagement", campaign="<b>nobody</b>"))
    assert "which is not here" in texts(open_page("engagement", behind="Flows", flow="nobody"))


def test_a_part_and_the_other_tables(messages: Stores, open_page: Open) -> None:
    insert(messages, "klaviyo_campaign_messages", campaign_text("k1", "m1", "Autumn?"), campaign_text("k2", "m2", "Hi"))
    app = open_page("engagement", **{"messages": "SMS", "behind": "Text messages"})
    assert (cards(app)["Recipients"], cards(app)["Open rate"]) == ("200", "–")
    costs = table(app, "Return")
    assert list(costs[costs["Sent by"] == "Both"].iloc[0][["Spend", "Revenue", "Return", "Cost"]]) == [16, 80, 5, 4]
    assert "Nothing was sent in these days" in texts(open_page("engagement", messages="WhatsApp"))
    assert list(table(open_page("engagement", behind="Tags"), "Tag")["Tag"]) == ["sale"]
    assert table(open_page("engagement", behind="Forms"), "Submitters")["Rate"][0] == 5
    subjects = table(open_page("engagement", behind="Subject lines"), "Verdict")
    assert list(subjects[subjects["Trait"] == "Question"].iloc[0][["With", "Without", "Opened"]]) == [1, 1, "too few"]
    app = open_page("engagement", behind="Calendar")
    assert "3 campaigns on 3 days" in texts(app)
    assert "most revenue by Klaviyo of 10 Nov 2026: €660.00, Campaign k1." in texts(app)
    app = open_page("engagement", behind="Segments", segment="s")
    assert table(app, "Joined")["Growth"][0] == 10
    assert "12 joined and 2 left in these days." in texts(app)
    assert "this is none of them" in texts(app)
    lists = table(app, "Sign-up")
    assert list(lists.iloc[0][["List", "Members", "Growth"]]) == ["News", 220, 10]
    assert lists["Members"].isna().tolist() == [False, True]
    assert "The size of 1 of 2 lists is synced in these days: not synced yet where none stands." in texts(app)
    # On every chart of days: the period's campaigns.
    assert {"chart_over_time", "chart_members", "chart_moves"} <= marked(app)
    app = open_page("engagement", behind="Forms", form="f")
    assert charts(app)["chart_form_steps"]["data"][0]["x"] == [200, 200, 10]
    assert "chart_form_days" in marked(app)
    assert not app.exception
    assert "which is not here" in texts(open_page("engagement", behind="Segments", segment="nobody"))
    nonsense = open_page("engagement", **{"messages": "x", "sent-by": "y", "behind": "z", "curve": "v"})
    assert not nonsense.exception
    assert cards(nonsense)["Recipients"] == "2,364"


@both_stacks
def test_nothing_was_ever_sent(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store())
    app = open_page("engagement")
    assert not app.exception
    assert "No messages yet" in texts(app)
    assert not app.metric


@pytest.mark.parametrize("rights", [[Right.VIEW], [Right.VIEW, Right.EXPORT]])
def test_only_who_may_export_gets_files(
    messages: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch, rights: list[Right]
) -> None:
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], rights))
    app = open_page("engagement")
    assert not app.exception
    assert bool(files(app)) == (Right.EXPORT in rights)


def test_a_benchmark_does_not_time_the_page_that_tells_of_an_error(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_drawn(open_page("engagement"))
    monkeypatch.setattr(engagement_frame, "question", lambda *_, **__: 1 / 0)
    with pytest.raises(RuntimeError, match="This page could not be drawn"):
        require_drawn(open_page("engagement"))
