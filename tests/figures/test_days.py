"""Daily figures: of orders, of sends, and how they grow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.figures.literal import ACCOUNT, Ledger, placed


def statistics(ledger: Ledger, table: str, id: str, day: str, channel: str, **counts: Any) -> None:
    """Report statistics of a campaign or flow on a day, as a sync writes them."""
    own = (
        {"campaign_id": id, "campaign_name": id.upper()}
        if table.startswith("campaign")
        else {"flow_id": id, "flow_message_id": id}
    )
    ledger.insert(
        table,
        {
            "klaviyo_public_id": ACCOUNT,
            **own,
            "send_channel": channel,
            "date": day,
            "updated_at": "2025-06-01T00:00:00+00:00",
            **counts,
        },
    )
    ledger.touch("campaigns" if table.startswith("campaign") else "flows", "report_day", day)


def test_one_day(ledger: Ledger) -> None:
    ledger.load(
        placed("A", "2025-05-01T09:00:00+02:00", 10, "p1"),
        placed("B", "2025-05-01T10:00:00+02:00", 20.01, "p1"),
        placed("C", "2025-05-01T11:00:00+02:00", 0, "p2"),
        placed("D", "2025-05-01T12:00:00+02:00", -5, "p3"),
    )
    ledger.refresh()
    columns = ("total_revenue", "total_orders", "avg_order_value", "unique_customers", "new_customers",
               "repeat_customers", "new_customer_revenue", "repeat_customer_revenue", "revenue_per_email")  # fmt: skip
    # The value of all four, the number of those above zero; (10 + 20.01) / 2 is 15.005, which rounds up.
    assert ledger.table("account_metrics_daily", *columns) == [("25.01", 2, "15.01", 1, 1, 0, "30.01", "-5.00", None)]


def test_days_without_anything_have_no_row(ledger: Ledger) -> None:
    ledger.load(placed("A", "2025-05-01T09:00:00+02:00", 10), placed("B", "2025-05-09T09:00:00+02:00", 10))
    ledger.refresh()
    assert ledger.table("account_metrics_daily", "date") == [("2025-05-01",), ("2025-05-09",)]


@pytest.mark.parametrize("reverse", [False, True], ids=["in order", "the earlier week arrives last"])
def test_growth_is_against_the_same_weekday_a_week_earlier(ledger: Ledger, reverse: bool) -> None:
    days = [placed("A", "2025-05-01T09:00:00+02:00", 80, "p1"), placed("B", "2025-05-08T09:00:00+02:00", 100, "p2")]
    days.append(placed("C", "2025-05-08T10:00:00+02:00", 20, "p3"))
    for event in reversed(days) if reverse else days:
        ledger.load(event)
        ledger.refresh()
    columns = ("date", "revenue_growth_pct", "order_growth_pct", "customer_growth_pct")
    assert ledger.table("account_metrics_daily", *columns) == [
        ("2025-05-01", None, None, None),
        ("2025-05-08", 50.0, 100.0, 100.0),
    ]


def test_growth_from_zero_is_not_told(ledger: Ledger) -> None:
    ledger.load(placed("A", "2025-05-01T09:00:00+02:00", 0), placed("B", "2025-05-08T09:00:00+02:00", 100))
    ledger.refresh()
    columns = ("date", "revenue_growth_pct", "order_growth_pct")
    assert ledger.table("account_metrics_daily", *columns)[1] == ("2025-05-08", None, None)


def test_sends_of_campaigns_and_flows_by_send_date(ledger: Ledger) -> None:
    day = "2025-05-01"
    statistics(
        ledger, "campaign_statistics", "c1", day, "email", recipients=1000.0, opens_unique=300.0, clicks_unique=20.0
    )
    statistics(ledger, "campaign_statistics", "c2", day, "sms", recipients=50.0, opens_unique=None, clicks_unique=5.0)
    statistics(ledger, "flow_statistics", "f1", day, "email", recipients=10.0, opens_unique=7.0, clicks_unique=1.0)
    ledger.refresh()
    columns = ("date", "total_revenue", "total_emails_sent", "total_sms_sent", "total_opens", "total_clicks",
               "revenue_per_email", "revenue_per_sms", "revenue_per_recipient")  # fmt: skip
    assert ledger.table("account_metrics_daily", *columns) == [
        (day, "0.00", 1010, 50, 307, 26, "0.00", "0.00", "0.00"),
    ]
    ledger.load(placed("A", f"{day}T12:00:00+02:00", 106))
    ledger.message("m1", campaign="c1", channel="email")
    ledger.attribute("A", {"attributed_event_id": "t", "campaign_id": "c1", "campaign_message_id": "m1"})
    ledger.refresh()
    # 106 / 1010 recipients of e-mails, / 1060 of all.
    assert ledger.table("account_metrics_daily", *columns) == [
        (day, "106.00", 1010, 50, 307, 26, "0.10", "0.00", "0.10"),
    ]


class TestCampaignDays:
    DAY = "2025-05-01"

    def campaign(self, ledger: Ledger, id: str, revenue: str, tags: list[str] | None = None, **counts: float) -> None:
        base = {"recipients": 100.0, "delivered": 80.0, "opens": 50.0, "opens_unique": 40.0, "clicks": 9.0,
                "clicks_unique": 8.0, "conversions": 3.0, "conversion_uniques": 2.0}  # fmt: skip
        statistics(ledger, "campaign_statistics", id, self.DAY, "email", conversion_value=revenue, **(base | counts))
        made = "2025-04-01T00:00:00+00:00"
        row = {"campaign_id": id, "name": id.upper(), "status": "Sent", "created_at": made, "tags": tags or ["none"]}
        ledger.insert("klaviyo_campaigns", {"klaviyo_public_id": ACCOUNT, **row})

    def test_averages_are_of_the_sums(self, ledger: Ledger) -> None:
        self.campaign(ledger, "c1", "30.00")
        self.campaign(ledger, "c2", "10.01", recipients=300.0, delivered=20.0, opens_unique=0.0)
        ledger.refresh()
        columns = ("date", "send_channel", "total_campaigns", "campaigns_sent", "total_recipients", "total_delivered",
                   "total_opens", "total_clicks", "total_conversions", "total_revenue", "avg_revenue_per_campaign",
                   "avg_revenue_per_recipient", "avg_open_rate", "avg_click_rate", "avg_conversion_rate")  # fmt: skip
        assert ledger.table("campaign_daily_aggregates", *columns) == [
            (self.DAY, "email", 2, ["c1", "c2"], 400, 100, 100, 18, 6, "40.01", "20.01", "0.10", 40.0, 16.0, 4.0)
        ]

    def test_best_and_worst_ties_by_id_and_alone_it_is_both(self, ledger: Ledger) -> None:
        columns = ("best_campaign_id", "best_campaign_name", "best_campaign_revenue", "worst_campaign_id")
        self.campaign(ledger, "c2", "10.00")
        ledger.refresh()
        assert ledger.table("campaign_daily_aggregates", *columns) == [("c2", "C2", "10.00", "c2")]
        self.campaign(ledger, "c1", "10.00")
        self.campaign(ledger, "c3", "9.00")
        self.campaign(ledger, "c4", "9.00")
        ledger.refresh()
        assert ledger.table("campaign_daily_aggregates", *columns) == [("c1", "C1", "10.00", "c3")]

    def test_a_campaign_counts_for_each_of_its_tags(self, ledger: Ledger) -> None:
        self.campaign(ledger, "c1", "30.00", ["sale", "spring"])
        self.campaign(ledger, "c2", "10.00", ["sale"])
        ledger.refresh()
        (row,) = ledger.rows("campaign_daily_aggregates")
        assert row["top_tags"] == ["sale", "spring"]
        assert dict(row["tag_performance"]) == {"sale": 40.0, "spring": 30.0}

    def test_nothing_delivered_has_no_rates(self, ledger: Ledger) -> None:
        self.campaign(ledger, "c1", "0.00", recipients=0.0, delivered=0.0)
        ledger.refresh()
        columns = ("avg_revenue_per_recipient", "avg_open_rate", "avg_click_rate", "avg_conversion_rate")
        assert ledger.table("campaign_daily_aggregates", *columns) == [(None, None, None, None)]
        assert ledger.rows("data_versions", "dataset") == [{"dataset": "campaigns"}, {"dataset": "orders"}]


class TestFlowDays:
    COLUMNS = ("date", "send_channel", "recipients", "delivered", "opens_unique", "conversion_value", "spam_complaints")

    def sent(
        self, ledger: Ledger, message: str, day: str, channel: str | None, sent: float, flow: str = "f", **counts: Any
    ) -> None:
        row = {"klaviyo_public_id": ACCOUNT, "flow_id": flow, "flow_message_id": message, "send_channel": channel}
        told = {"recipients": sent, "delivered": sent - 1} | counts
        ledger.insert("flow_statistics", row | {"date": day, "updated_at": "2025-06-01T00:00:00+00:00"} | told)
        ledger.touch("flows", "day", day)

    def test_messages_are_summed_by_day_and_channel(self, ledger: Ledger) -> None:
        self.sent(ledger, "a", "2025-05-01", "email", 10.0, opens_unique=4.0, conversion_value="19.99")
        self.sent(ledger, "b", "2025-05-01", "email", 20.0, opens_unique=6.0, conversion_value="0.02")
        self.sent(ledger, "c", "2025-05-01", "sms", 5.0)
        self.sent(ledger, "d", "2025-05-02", None, 7.0, spam_complaints=1.0)
        ledger.refresh()
        first = [
            ("2025-05-01", "email", 30.0, 28.0, 10.0, "20.01", None),
            ("2025-05-01", "sms", 5.0, 4.0, None, None, None),
            ("2025-05-02", "", 7.0, 6.0, None, None, 1.0),
        ]
        assert ledger.table("flow_days", *self.COLUMNS) == first
        assert ledger.table("flows_by_day", "flow_id", *self.COLUMNS) == [("f", *row) for row in first]
        # A message more on one day: that day alone is touched, and a rebuild says the same.
        self.sent(ledger, "e", "2025-05-01", "sms", 3.0, conversion_value="1.00")
        ledger.refresh()
        then = [first[0], ("2025-05-01", "sms", 8.0, 6.0, None, "1.00", None), first[2]]
        assert ledger.table("flow_days", *self.COLUMNS) == then
        ledger.refresh(full=True)
        assert ledger.table("flow_days", *self.COLUMNS) == then
        # Of another flow beside it.
        self.sent(ledger, "x", "2025-05-02", None, 9.0, flow="g")
        ledger.refresh()
        both = [("f", *row) for row in then] + [("g", "2025-05-02", "", 9.0, 8.0, None, None, None)]
        assert ledger.table("flows_by_day", "flow_id", *self.COLUMNS) == both
        assert ledger.table("flow_days", "recipients", where="date = DATE '2025-05-02'") == [(16.0,)]
        ledger.refresh(full=True)
        assert ledger.table("flows_by_day", "flow_id", *self.COLUMNS) == both

    def test_a_channel_that_is_gone_goes(self, ledger: Ledger) -> None:
        self.sent(ledger, "a", "2025-05-01", "email", 10.0)
        self.sent(ledger, "c", "2025-05-01", "sms", 5.0)
        ledger.refresh()
        with ledger.stores.warehouse.write() as session:
            if session.dialect == "clickhouse":
                session.execute_text(
                    "INSERT INTO flow_statistics SELECT * REPLACE (updated_at + 1 AS updated_at, 1 AS is_deleted)"
                    " FROM flow_statistics WHERE send_channel = 'sms'"
                )
            else:
                session.execute_text("DELETE FROM flow_statistics WHERE send_channel = 'sms'")
        ledger.touch("flows", "day", "2025-05-01")
        ledger.refresh()
        assert ledger.table("flow_days", "send_channel", "recipients") == [("email", 10.0)]
        assert ledger.table("flows_by_day", "send_channel", "recipients") == [("email", 10.0)]


def test_only_leaves_the_others_due(ledger: Ledger) -> None:
    ledger.load(placed("A", "2025-05-01T09:00:00+02:00", 10))
    ledger.project()
    ledger.aggregate(only=["fact_revenue"])
    assert ledger.table("fact_revenue", "date") == [("2025-05-01",)]
    assert ledger.rows("account_metrics_daily") == []
    ledger.aggregate()
    assert ledger.table("account_metrics_daily", "date") == [("2025-05-01",)]


def test_only_one_figure_still_puts_orders_in_their_places_and_tells_that_they_changed(ledger: Ledger) -> None:
    ledger.load(placed("B", "2025-05-03T09:00:00+02:00", 10))
    ledger.refresh()
    before = {row["dataset"]: row["version"] for row in ledger.rows("data_versions")}
    ledger.load(placed("A", "2025-05-01T09:00:00+02:00", 10))
    ledger.refresh(only=["fact_engagement"])
    columns = ("order_id", "is_first_order", "order_count_for_customer")
    assert ledger.table("klaviyo_orders", *columns) == [("A", 1, 1), ("B", 0, 2)]
    after = {row["dataset"]: row["version"] for row in ledger.rows("data_versions")}
    assert after["orders"] > before["orders"]
    # The day on which the customer was new before is due as well, although the order is in its place by now.
    assert ledger.table("account_metrics_daily", "date", "new_customers") == [("2025-05-03", 1)]
    ledger.refresh()
    assert ledger.table("account_metrics_daily", "date", "new_customers") == [("2025-05-01", 1), ("2025-05-03", 0)]
    assert ledger.rows("touched") == []


def test_a_refresh_is_published_whole_or_not_at_all(ledger: Ledger) -> None:
    ledger.load(placed("A", "2025-05-01T09:00:00+02:00", 10))
    with pytest.raises(ValueError, match="fact_profit"):
        ledger.refresh(only=["fact_profit"])
    assert ledger.rows("klaviyo_orders") == []


@pytest.mark.parametrize(
    ("dataset", "kind", "bumped"),
    [
        ("forms", "report_day", ("forms",)),
        ("segments", "report_day", ("segments",)),
        ("flows", "report_day", ("flows", "orders")),
        ("campaigns", "report_day", ("campaigns", "orders")),
        ("flows", "rows", ("flows",)),
        ("events", "day", ("engagement",)),
    ],
)
def test_only_datasets_that_changed_get_another_version(
    ledger: Ledger, dataset: str, kind: str, bumped: tuple[str, ...]
) -> None:
    ledger.load(placed("A", "2025-05-02T09:00:00+02:00", 10))
    ledger.refresh()
    ledger.touch(dataset, kind, "2025-05-02")
    assert ledger.refresh().aggregated.datasets == bumped


def test_an_unknown_name_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="There is no aggregate fact_profit"):
        ledger.aggregate(only=["fact_profit"])
