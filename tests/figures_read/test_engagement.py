"""What messages reached and brought, from statistics that can be added up by hand, on each warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from analytics.engagement import Counts, EngagementFigures, Part
from analytics.engagement_detail import Buyer
from analytics.message_value import reconcile
from analytics.periods import Against, Period, compared
from components.engagement_tables import funnel_columns
from data_access.queries.engagement import EngagementQuery, engagement
from data_access.queries.engagement_behind import BehindQuery, audiences, behind, flows, forms, list_days
from data_access.queries.engagement_detail import EVER, FlowQuery, buyers, campaign_detail, flow_detail
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from tests.message_rows import campaign, flow, flow_fact, flow_place, form, list_size, segment, sent, variation
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, insert, line, order

ADMIN = local_admin()
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))
EVERYTHING = Part()


def query(**other: Any) -> EngagementQuery:
    asked: dict[str, Any] = {
        "period": WEEK, "comparison": compared(WEEK, Against.PREVIOUS), "zone": "Europe/Berlin", "first_weekday": 1,
    }  # fmt: skip
    return EngagementQuery(**(asked | other))


def read(stores: Stores, **other: Any) -> EngagementFigures:
    return engagement(stores, ADMIN, ACCOUNT, query(**other))


def behind_it(stores: Stores, **other: Any) -> BehindQuery:
    return behind(query(**other), read(stores, **other).first_day)


def test_rates_are_those_of_sums_and_sms_has_no_opens(warehouse: Stores) -> None:
    insert(
        warehouse,
        "campaign_statistics",
        campaign("a", "2026-11-09", 1000, delivered=900, bounced=80, failed=10, opened=450, clicked=90, bought=9,
                 value="180.00", spam_complaints=1, unsubscribe_uniques=3),
        campaign("b", "2026-11-10", 10, opened=10, clicked=10, bought=1, value="20.00"),
        campaign("t", "2026-11-10", 100, "sms", delivered=90, failed=10, clicked=20, bought=2, value="50.00",
                 spend="6.0000", text_message_credit_usage_amount=100),
        campaign("before", "2026-11-02", 505, opened=101, value="10.00"),
        campaign("other", "2026-11-10", 7, klaviyo_public_id="Zz9"),
    )  # fmt: skip
    insert(warehouse, "flow_statistics", flow("f", "m", "2026-11-15", 90, opened=40, clicked=0, bought=0))
    found = read(warehouse)
    all_of = found.this.of(EVERYTHING)
    assert (all_of.recipients, all_of.delivered, all_of.unexplained) == (1200, 1090, 10)
    assert all_of.delivery_rate == pytest.approx(1090 / 1200 * 100)
    # 450 + 10 + 40 opened of 900 + 10 + 90 delivered on channels that tell opens; the mean of rates would be 65 %.
    assert all_of.open_rate == 50
    assert all_of.click_rate == pytest.approx(120 / 1090 * 100)
    assert all_of.conversion_rate == pytest.approx(12 / 1090 * 100)
    assert all_of.per_recipient == Decimal("250.00") / 1200
    assert found.this.of(Part("campaign", "email")).bounce_rate == pytest.approx(80 / 1010 * 100)
    text = found.this.of(Part("", "sms"))
    assert (text.open_rate, text.spend, text.credits) == (None, Decimal("6.0000"), 100)
    assert text.spend_return == Decimal("50.00") / 6
    assert text.cost_per_order == 3
    assert found.this.channels == ["email", "sms"]
    assert found.compared is not None
    assert found.compared.of(EVERYTHING).open_rate == 20
    assert found.compared.of(Part("flow")).recipients is None
    assert [c.id for c in found.campaigns] == ["b", "t", "a"]
    # Of the year: opened by 50, 100 and 20 %.
    assert found.usual.medians["email"]["open"] == 50
    assert found.usual.sums["email"].recipients == 1515


def test_a_day_that_is_not_over_is_in_the_figures_and_in_no_change(warehouse: Stores) -> None:
    insert(
        warehouse,
        "campaign_statistics",
        campaign("first", "2026-11-01", 5),
        campaign("a", "2026-11-09", 100), campaign("today", "2026-11-15", 40),
        campaign("before", "2026-11-02", 50), campaign("its day", "2026-11-08", 7),
    )  # fmt: skip
    insert(warehouse, "flow_statistics", flow("f", "m", "2026-11-15", 3, value="1.00"))
    found = read(warehouse, as_of=date(2026, 11, 15))
    assert found.this.of(EVERYTHING).recipients == 143
    assert found.whole.of(EVERYTHING).recipients == 100
    assert found.compared is not None
    assert found.compared.of(EVERYTHING).recipients == 50
    (flow_found,) = flows(warehouse, ADMIN, ACCOUNT, behind_it(warehouse, as_of=date(2026, 11, 15)))
    assert (flow_found.this["email"].recipients, flow_found.whole) == (3, {})
    assert read(warehouse, as_of=date(2026, 11, 9)).compared is None


def test_nothing_is_compared_with_days_before_the_first_statistic(warehouse: Stores) -> None:
    insert(warehouse, "campaign_statistics", campaign("a", "2026-11-03", 100), campaign("b", "2026-11-09", 100))
    assert read(warehouse).compared is None
    insert(warehouse, "flow_statistics", flow("f", "m", "2026-11-02", 1))
    assert read(warehouse).compared is not None


def test_a_longer_comparison_may_overlap_the_period(warehouse: Stores) -> None:
    insert(
        warehouse, "flow_statistics",
        flow("f", "m", "2024-01-01", 1), flow("f", "m", "2025-03-01", 20, value="2.00"),
        flow("f", "m", "2026-03-01", 300),
    )  # fmt: skip
    two_years = Period(date(2025, 1, 1), date(2026, 12, 31))
    asked: dict[str, Any] = {"period": two_years, "comparison": compared(two_years, Against.LAST_YEAR)}
    found = read(warehouse, **asked)
    (one,) = flows(warehouse, ADMIN, ACCOUNT, behind_it(warehouse, **asked))
    assert (one.this["email"].recipients, one.compared["email"].recipients) == (320, 20)
    assert found.compared is not None
    assert found.compared.of(EVERYTHING).recipients == 20


def test_the_funnel_against_last_year(warehouse: Stores) -> None:
    """The week of 9 November 2026, of which Sunday is not over, against its weekdays of 2025: 10 to 15 November."""
    insert(
        warehouse, "campaign_statistics",
        campaign("now", "2026-11-09", 1000, delivered=950, opened=380, clicked=95, bought=19),
        campaign("text", "2026-11-10", 200, "sms", delivered=190, clicked=19, bought=2),
        campaign("not over", "2026-11-15", 5000, opened=5000, clicked=5000, bought=5000),
        # A year ago: the Monday before, the week, and the Sunday whose counterpart is not over.
        campaign("day before", "2025-11-09", 7000),
        campaign("then", "2025-11-10", 800, opened=240, clicked=40, bought=8),
        campaign("its sunday", "2025-11-16", 9000, opened=9000),
    )  # fmt: skip
    insert(warehouse, "flow_statistics", flow("f", "m", "2025-11-15", 200, opened=160, clicked=60, bought=12))
    found = read(warehouse, comparison=compared(WEEK, Against.LAST_YEAR), as_of=date(2026, 11, 15))
    assert found.compared is not None
    mail, text = Part("", "email"), Part("", "sms")

    def steps(counts: Counts) -> tuple[object, ...]:
        return counts.recipients, counts.delivered, counts.opens, counts.clicks, counts.converted

    assert steps(found.whole.of(mail)) == (1000, 950, 380, 95, 19)
    assert steps(found.compared.of(mail)) == (1000, 1000, 400, 100, 20)
    assert steps(found.compared.of(text)) == (None,) * 5
    assert steps(found.this.of(mail)) == (6000, 5950, 5380, 5095, 5019)
    row = funnel_columns(found, Part())
    # Delivered 95 of 100, opened 40 %, clicked 10 %, converted 2 % both times.
    assert {name: values[0] for name, values in row.items() if "hange" in name} == {
        "Change": "0.0 %", "Delivered, change": "−5.0 pp", "Opened, change": "0.0 pp", "Clicked, change": "0.0 pp",
        "Converted, change": "0.0 pp",
    }  # fmt: skip
    assert [values[1] for name, values in row.items() if "hange" in name] == ["n/a"] * 5


def test_the_two_attributions_reconcile(warehouse: Stores) -> None:
    insert(
        warehouse, "campaign_statistics",
        campaign("early", "2026-11-07", 100, value="70.00"), campaign("own", "2026-11-10", 100, value="90.00"),
    )  # fmt: skip
    insert(warehouse, "flow_statistics", flow("f", "m", "2026-11-12", 10, value="15.00"))
    insert(
        warehouse, "klaviyo_orders",
        order("o1", "60.00", "2026-11-09 10:00"), order("o2", "100.00", "2026-11-10 10:00"),
        order("o3", "20.00", "2026-11-12 10:00"), order("o4", "40.00", "2026-11-12 11:00"),
        order("o5", "500.00", "2026-11-16 10:00"),
    )  # fmt: skip
    insert(
        warehouse, "order_attribution",
        attribution("o1", "campaign", "early", "email", "2026-11-09"),
        attribution("o2", "campaign", "own", "email", "2026-11-10"),
        attribution("o3", "flow", "f", "email", "2026-11-12"),
        attribution("o5", "campaign", "own", "email", "2026-11-16"),
    )  # fmt: skip
    found = read(warehouse)
    assert found.won["campaign", "email"] == (2, Decimal("160.00"), Decimal("60.00"))
    told = reconcile(found.won, found.this)
    assert [told.orders, told.earlier, told.klaviyo, told.total] == [180, 60, 105, 220]
    assert told.orders - told.earlier + told.rest == told.klaviyo
    assert sum(won.gross for won in found.won.values()) == told.total
    until = read(warehouse, this_until=datetime(2026, 11, 12, 9, 30, tzinfo=UTC))
    assert sum(won.gross for won in until.won.values()) == 180


def test_names_tags_and_send_times_come_with_campaigns(warehouse: Stores) -> None:
    insert(warehouse, "campaign_statistics", campaign("a", "2026-11-09", 10, campaign_name=None))
    insert(warehouse, "klaviyo_campaigns", sent("a", "2026-11-09 08:30", "Autumn", "email", "sale", "vip"))
    (one,) = read(warehouse).campaigns
    assert (one.name, one.tags, one.sent_at) == ("Autumn", ("sale", "vip"), datetime(2026, 11, 9, 8, 30, tzinfo=UTC))


def test_flows_forms_segments_and_lists(warehouse: Stores) -> None:
    insert(
        warehouse, "flow_statistics",
        flow("f", "m1", "2026-11-09", 100, value="30.00"), flow("f", "m2", "2026-11-15", 40, value="5.50"),
        flow("f", "m1", "2026-11-08", 10, value="4.00"), flow("f", "m1", "2026-11-01", 1),
    )  # fmt: skip
    insert(warehouse, "klaviyo_flows", flow_fact("f"), flow_fact("idle", "draft"))
    insert(
        warehouse, "form_statistics",
        form("p", "2026-11-09", 80, 8), form("p", "2026-11-10", 20, 12, viewed_form=50), form("p", "2026-11-03", 10, 1),
    )  # fmt: skip
    insert(
        warehouse, "segment_statistics",
        segment("s", "2026-11-09", 103, joined=5, gone=2), segment("s", "2026-11-12", 110, joined=7),
    )  # fmt: skip
    asked = behind_it(warehouse)
    one, idle = flows(warehouse, ADMIN, ACCOUNT, asked)
    assert (one.name, one.status, idle.status, idle.this) == ("Flow f", "live", "draft", {})
    assert (one.this["email"].recipients, one.this["email"].value) == (140, Decimal("35.50"))
    # Weeks end on the 15th: 9–15 November, 2–8 November.
    assert list(one.weeks["email"][-2:]) == [Decimal("4.00"), Decimal("35.50")]
    (form_found,) = forms(warehouse, ADMIN, ACCOUNT, asked)
    assert (form_found.this.views, form_found.this.viewers, form_found.this.submit_rate) == (130, 100, 20)
    assert form_found.compared is not None
    assert form_found.compared.submit_rate == 10
    (own,) = audiences(warehouse, ADMIN, ACCOUNT, WEEK).segments
    # 103 after the first day's 5 joins and 2 leaves: 100 before.
    assert (own.before, own.members, own.joined, own.gone, own.growth) == (100, 110, 12, 2, 10)


@pytest.mark.parametrize(("first", "last", "compared"), [(2, 8, 12), (8, 13, 110), (9, 15, 147)])
def test_days_of_flows_that_are_compared_with_one_another(
    warehouse: Stores, first: int, last: int, compared: int
) -> None:
    days = {2: 2, 8: 10, 9: 100, 14: 7, 15: 40}
    sent = [flow("f", "m", f"2026-11-{day:02}", recipients) for day, recipients in days.items()]
    insert(warehouse, "flow_statistics", *sent)
    whole, other = Period(WEEK.start, date(2026, 11, 14)), Period(date(2026, 11, first), date(2026, 11, last))
    (found,) = flows(warehouse, ADMIN, ACCOUNT, BehindQuery(WEEK, whole, other))
    told = (found.this["email"], found.whole["email"], found.compared["email"])
    assert [counts.recipients for counts in told] == [147, 107, compared]


def listed(id: str) -> dict[str, Any]:
    return {"klaviyo_public_id": ACCOUNT, "list_id": id, "name": f"List {id}", "opt_in_process": "double_opt_in"}


def test_lists_with_their_sizes_and_growth(warehouse: Stores) -> None:
    insert(warehouse, "klaviyo_lists", listed("grows"), listed("once"), listed("later"), listed("emptied"))
    insert(
        warehouse, "list_sizes", list_size("grows", "2026-11-08", 1), list_size("grows", "2026-11-09", 80),
        list_size("grows", "2026-11-12", 90), list_size("grows", "2026-11-14", 95),
        list_size("grows", "2026-11-15", 100), list_size("grows", "2026-11-16", 7),
        list_size("once", "2026-11-10", 500), list_size("later", "2026-11-16", 3), list_size("gone", "2026-11-10", 9),
        list_size("emptied", "2026-11-09", 4), list_size("emptied", "2026-11-15", 0),
        list_size("grows", "2026-11-10", 5) | {"klaviyo_public_id": "Other1"},
    )  # fmt: skip
    found = audiences(warehouse, ADMIN, ACCOUNT, WEEK).lists
    assert [(each.id, each.members, each.growth) for each in found] == [
        ("once", 500, None), ("grows", 100, 25), ("emptied", 0, -100), ("later", None, None),
    ]  # fmt: skip
    assert [(day.day, size) for day, size in found[1].sizes] == [(9, 80), (12, 90), (14, 95), (15, 100)]
    # 90 days are drawn as 30 points, three days apart from the last one back, and the first and last size.
    quarter = audiences(warehouse, ADMIN, ACCOUNT, Period(date(2026, 8, 18), date(2026, 11, 15))).lists
    assert {each.id: [day.day for day, _ in each.sizes] for each in quarter}["grows"] == [8, 9, 12, 15]
    days = list_days(warehouse, ADMIN, ACCOUNT, Period(date(2026, 11, 15), date(2026, 11, 16)))
    assert [tuple(row.values()) for row in days] == [
        ("emptied", "List emptied", date(2026, 11, 15), 0),
        ("grows", "List grows", date(2026, 11, 15), 100),
        ("grows", "List grows", date(2026, 11, 16), 7),
        ("later", "List later", date(2026, 11, 16), 3),
    ]


def test_a_campaign_with_its_variations_and_what_was_bought(warehouse: Stores) -> None:
    insert(
        warehouse, "campaign_message_statistics",
        variation("a", "m", "v1", "2026-11-09", 1000, clicked=100, bought=10, value="90.00"),
        variation("a", "m", "v2", "2026-11-09", 1000, clicked=60, bought=12, value="50.00"),
        variation("b", "m", "v1", "2026-11-09", 5),
    )  # fmt: skip
    insert(
        warehouse, "klaviyo_orders",
        order("o1", "60.00", "2026-11-09 10:00", customer_id="ann", customer_email="ann@example.com"),
        order("o2", "30.00", "2026-11-11 10:00", customer_id="ann", customer_email="ann@example.com", is_first_order=0),
        order("o3", "25.00", "2026-11-11 10:00", customer_id="bob", order_status="cancelled"),
        order("o4", "9.00", "2026-11-11 10:00", customer_id="cem"),
        order("o5", "2.00", "2026-11-12 10:00", customer_id="dan", customer_email="dan", is_first_order=0),
    )  # fmt: skip
    insert(
        warehouse,
        "klaviyo_profiles",
        {
            "klaviyo_public_id": ACCOUNT,
            "id": "ann",
            "first_name": "Ann",
            "last_name": "Arndt",
            "created_at": SEEN,
            "updated_at": SEEN,
        },
    )
    insert(
        warehouse, "klaviyo_order_line_items",
        line("o1", "p", "60.00", "2026-11-09", 3), line("o2", "p", "20.00", "2026-11-11"),
        line("o2", "q", "10.00", "2026-11-11"), line("o3", "q", "25.00", "2026-11-11"),
    )  # fmt: skip
    won = [attribution(f"o{n}", "campaign", "a", "email", "2026-11-09") for n in (1, 2, 3, 5)]
    insert(warehouse, "order_attribution", *won, attribution("o4", "flow", "a", "email", "2026-11-11"))
    found = campaign_detail(warehouse, ADMIN, ACCOUNT, "a")
    assert found is not None
    assert (found.name, found.counts.recipients, found.counts.value) == ("Campaign a", 2000, Decimal("140.00"))
    ((own, clicks, bought_by),) = found.tests()
    assert [each.name for each in own] == ["Variation v1", "Variation v2"]
    assert clicks is not None
    assert (clicks.best.name, clicks.own, clicks.other, clicks.found.sure) == ("Variation v1", 10, 6, True)
    assert bought_by is not None
    assert (bought_by.best.name, bought_by.found.sure) == ("Variation v2", False)
    bought = found.bought
    assert bought.days == {
        date(2026, 11, 9): (1, Decimal("60.00")), date(2026, 11, 11): (2, Decimal("55.00")),
        date(2026, 11, 12): (1, Decimal("2.00")),
    }  # fmt: skip
    assert (bought.customers, bought.new_customers, bought.orders) == (2, 1, 3)
    ann = Buyer("ann", "ann@example.com", "Ann", "Arndt", 2, Decimal("90.00"), True)
    dan = Buyer("dan", None, "", "", 1, Decimal("2.00"), False)
    assert bought.people == (ann, dan)
    assert buyers(warehouse, ADMIN, ACCOUNT, ("campaign", "a", EVER)) == (ann, dan)
    stranger = granted("eve", [ACCOUNT], [Right.VIEW])
    seen = campaign_detail(warehouse, stranger, ACCOUNT, "a")
    assert seen is not None
    assert seen.bought.people == (replace(ann, email="a•••@•••.com", first_name="", last_name=""), dan)
    with pytest.raises(NotPermitted):
        buyers(warehouse, stranger, ACCOUNT, ("campaign", "a", EVER))
    assert [(row["product_id"], row["units"], row["sales"]) for row in bought.products] == [
        ("p", 4, Decimal("80.00")), ("q", 1, Decimal("10.00")),
    ]  # fmt: skip
    assert campaign_detail(warehouse, ADMIN, ACCOUNT, "nobody") is None


def test_a_flow_with_its_messages_in_their_places(warehouse: Stores) -> None:
    insert(
        warehouse, "flow_statistics",
        flow("f", "x", "2026-11-09", 100, value="30.00"), flow("f", "x", "2026-11-10", 100),
        flow("f", "b", "2026-11-10", 150, value="5.00"), flow("f", "gone", "2026-11-10", 9),
        flow("f", "x", "2026-11-16", 1000), flow("f", "x", "2026-11-01", 1, value="7.00"),
        flow("f", "x", "2026-08-16", 1, value="9.00"),
    )  # fmt: skip
    insert(warehouse, "klaviyo_flows", flow_fact("f", "manual"))
    insert(
        warehouse, "klaviyo_flow_messages", flow_place("f", "x", 1), flow_place("f", "b", 2), flow_place("f", "c", 3)
    )
    found = flow_detail(warehouse, ADMIN, ACCOUNT, FlowQuery("f", WEEK))
    assert found is not None
    assert [(m.name, m.position, m.counts.recipients, m.drop_off) for m in found.messages] == [
        ("Mail x", 1, 200, None), ("Mail b", 2, 150, 25), ("Mail c", 3, None, None), ("Message gone", None, 9, None),
    ]  # fmt: skip
    # Weeks end on the 15th; the one from the 2nd to the 8th brought nothing, the one before it 7.
    assert found.messages[0].weeks == (*[Decimal(0)] * 10, Decimal("7.00"), Decimal(0), Decimal("30.00"))
    assert found.messages[2].weeks == ()
    assert found.days == {date(2026, 11, 9): (100, Decimal("30.00")), date(2026, 11, 10): (259, Decimal("5.00"))}
    assert (found.status, found.bought.orders) == ("manual", 0)
    assert flow_detail(warehouse, ADMIN, ACCOUNT, FlowQuery("nobody", WEEK)) is None


def test_nothing_is_known_of_an_account_without_statistics(warehouse: Stores) -> None:
    found = read(warehouse)
    assert (found.known, found.first_day, found.compared) == (False, None, None)
    assert found.this.of(EVERYTHING).recipients is None
    assert (found.campaigns, found.legacy) == ((), ())
    asked = behind_it(warehouse)
    assert (flows(warehouse, ADMIN, ACCOUNT, asked), forms(warehouse, ADMIN, ACCOUNT, asked)) == ((), ())
    assert audiences(warehouse, ADMIN, ACCOUNT, WEEK) == ((), ())
