"""Each switch does what its line in the list says, and can be turned while the emulator runs."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from demo.api.faults import DATA, LINE, Faults, UnknownFault
from demo.emulator import RunningEmulator
from tests.demo.conftest import HEADERS, NOW, Api

GUIDE = Path(__file__).resolve().parents[2] / "demo" / "README.md"
RECENT = {"filter": "greater-than(datetime,2026-03-20T00:00:00Z)", "sort": "datetime", "page[size]": 1000}


@pytest.fixture
def client(own: RunningEmulator) -> Api:
    return Api(own.base_url)


def ids(client: Api, **params: Any) -> list[str]:
    return [row["id"] for row in client.all("/api/events", **{"sort": "datetime", "page[size]": 1000, **params})]


def test_every_switch_is_described() -> None:
    import demo.api.faults as module

    for name in LINE + DATA:
        assert f"  {name}=" in str(module.__doc__)
        assert f"`{name}`" in GUIDE.read_text(encoding="utf-8")


def test_an_unknown_switch_is_refused(own: RunningEmulator) -> None:
    with pytest.raises(UnknownFault, match="known: burst_429"):
        Faults().update({"gremlins": 1})
    answer = httpx.post(own.base_url + "/_control", json={"faults": {"latency": "slow"}})
    assert answer.status_code == 400
    assert "needs a number" in answer.json()["error"]


def test_a_burst_of_429(own: RunningEmulator, client: Api) -> None:
    own.set_faults(burst_429="2:7@/events")
    assert client.status("/api/accounts")[0] == 200
    first = client.http.get("/api/events")
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert client.status("/api/events")[0] == 429
    assert client.status("/api/events")[0] == 200


def test_a_daily_429_lasts_until_it_is_lifted(own: RunningEmulator, client: Api) -> None:
    own.set_faults(daily_429="flow-series-reports")
    for _ in range(3):
        answer = client.http.post("/api/flow-series-reports", json={})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "72000")
    assert client.http.post("/api/form-series-reports", json={}).status_code == 400
    own.set_faults(daily_429="")
    assert client.http.post("/api/flow-series-reports", json={}).status_code == 400


@pytest.mark.parametrize(("name", "status"), [("error_5xx", 503), ("error_500", 500)])
def test_server_errors(own: RunningEmulator, client: Api, name: str, status: int) -> None:
    own.set_faults(**{name: 1})
    assert [client.status("/api/metrics")[0] for _ in range(2)] == [status, 200]


def test_a_connection_is_cut_in_the_middle(own: RunningEmulator, client: Api) -> None:
    own.set_faults(cut="1@/events")
    with pytest.raises(httpx.RemoteProtocolError):
        client.http.get("/api/events")
    assert client.http.get("/api/events").status_code == 200


def test_answers_take_their_time(own: RunningEmulator, client: Api) -> None:
    own.set_faults(latency=80)
    assert client.http.get("/api/accounts").elapsed >= timedelta(milliseconds=80)


def test_pages_repeat_what_the_page_before_ended_with(own: RunningEmulator, client: Api) -> None:
    whole = ids(client)
    own.set_faults(duplicates=3)
    pages = [
        [row["id"] for row in page["data"]]
        for page in client.pages("/api/events", **{"sort": "datetime", "page[size]": 100})
    ]
    for earlier, later in pairwise(pages):
        assert later[:3] == earlier[-3:]
    assert list(dict.fromkeys(key for page in pages for key in page)) == whole


def test_late_events_come_when_they_are_let_in(own: RunningEmulator, client: Api) -> None:
    whole = ids(client)
    own.set_faults(late_events="0.3:30")
    early = ids(client)
    assert len(whole) - len(early) > 0
    border = (NOW - timedelta(days=30)).isoformat().replace("+00:00", "Z")
    old = {"filter": f"less-than(datetime,{border})"}
    assert ids(client, **old) == early[: len(ids(client, **old))] == whole[: len(ids(client, **old))]
    counts = own.ledger.account(0)["event_counts"]
    assert sum(counts.values()) == len(early)
    own.set_faults(late_events=0)
    assert ids(client) == whole


def test_late_events_come_after_so_many_requests(own: RunningEmulator, client: Api) -> None:
    own.set_faults(late_events="0.3:300")
    early = len(client.all("/api/events", **RECENT))
    own.set_faults(late_after=own.requests["get_events"] + 1)
    assert len(client.all("/api/events", **RECENT)) == early
    assert len(client.all("/api/events", **RECENT)) > early


def test_many_events_share_a_second(own: RunningEmulator, client: Api) -> None:
    whole = set(ids(client))
    own.set_faults(same_second=3600)
    rows = client.all("/api/events", **{"sort": "datetime", "page[size]": 7})
    assert {row["attributes"]["timestamp"] % 3600 for row in rows} == {0}
    assert len({row["attributes"]["timestamp"] for row in rows}) < len(rows)
    assert {row["id"] for row in rows} == whole
    assert len(rows) == len(whole)
    moment = rows[500]["attributes"]["datetime"]
    equal = client.all("/api/events", filter=f"greater-or-equal(datetime,{moment}),less-or-equal(datetime,{moment})")
    assert len(equal) == sum(row["attributes"]["datetime"] == moment for row in rows)


def test_a_second_placed_order_metric(own: RunningEmulator, client: Api) -> None:
    whole = set(ids(client))
    own.set_faults(two_placed_orders=1)
    metrics = [row for row in client.get("/api/metrics")["data"] if row["attributes"]["name"] == "Placed Order"]
    assert [row["attributes"]["integration"]["name"] for row in metrics] == ["Shopify", "API"]
    extra = set(ids(client, filter=f'equals(metric_id,"{metrics[1]["id"]}")'))
    assert extra
    assert set(ids(client)) == whole | extra
    told = own.ledger.account(0)
    assert told["metrics"]["Placed Order"] == [row["id"] for row in metrics]
    assert told["event_counts"][metrics[1]["id"]] == len(extra)


def test_people_without_mail_and_people_who_are_gone(own: RunningEmulator, client: Api) -> None:
    before = client.all("/api/profiles", **{"page[size]": 100})
    own.set_faults(missing_email=0.5)
    rows = client.all("/api/profiles", **{"page[size]": 100})
    missing = sum(row["attributes"]["email"] is None for row in rows)
    assert missing > sum(row["attributes"]["email"] is None for row in before) + len(rows) / 5
    own.set_faults(missing_email=0, deleted_profiles=0.5)
    rest = {row["id"] for row in client.all("/api/profiles", **{"page[size]": 100})}
    gone = {row["id"] for row in before} - rest
    assert gone
    assert client.status(f"/api/profiles/{next(iter(gone))}")[0] == 404
    page = client.get("/api/events", **{"include": "profile", "page[size]": 1000})
    assert not gone & {row["id"] for row in page["included"]}
    assert gone & {row["relationships"]["profile"]["data"]["id"] for row in page["data"]}


def test_a_category_may_be_an_object(own: RunningEmulator, client: Api) -> None:
    own.set_faults(category_object=1)
    integration = client.get("/api/metrics")["data"][0]["attributes"]["integration"]
    assert integration["category"] == {"category": "eCommerce"}


def test_integers_beyond_64_bits(own: RunningEmulator, client: Api) -> None:
    own.set_faults(big_ints=1)
    answer = client.http.get("/api/events", params={"filter": f'equals(metric_id,"{client.metric("Placed Order")}")'})
    value = answer.json()["data"][0]["attributes"]["event_properties"]["checkout_number"]
    assert value > 1 << 64
    assert b"98765432109876543210" in answer.content


def test_merged_people_answer_with_the_survivor(own: RunningEmulator, client: Api) -> None:
    before = {row["id"]: row["relationships"]["profile"]["data"]["id"] for row in client.all("/api/events", **RECENT)}
    own.set_faults(merged_profiles=2)
    merged = own.ledger.account(0)["people"]["merged"]
    assert len(merged) == 2
    after = {row["id"]: row["relationships"]["profile"]["data"]["id"] for row in client.all("/api/events", **RECENT)}
    moved = {key for key in before if before[key] != after[key]}
    assert {before[key] for key in moved} == set(merged)
    assert all(after[key] == merged[before[key]] for key in moved)
    for old, new in merged.items():
        assert client.status(f"/api/profiles/{old}")[0] == 404
        updated = client.get(f"/api/profiles/{new}")["data"]["attributes"]["updated"]
        assert updated == NOW.isoformat()
    assert not {order["customer"] for order in own.ledger.account(0)["orders"]} & set(merged)
    own.set_now(NOW + timedelta(days=9))  # what is written stays merged
    later = {row["id"]: row["relationships"]["profile"]["data"]["id"] for row in client.all("/api/events", **RECENT)}
    assert {key: later[key] for key in after} == after


def test_attribution_is_revised_when_it_settles(own: RunningEmulator, client: Api) -> None:
    def attributed() -> set[str]:
        return {order["event_id"] for order in own.ledger.account(0)["orders"] if order["message"]}

    def links() -> set[str]:
        params = {"include": "attributions", "page[size]": 1000}
        pages = client.pages("/api/events", **params)
        return {row["relationships"]["event"]["data"]["id"] for page in pages for row in page["included"]}

    def conversions() -> float:
        total = 0.0
        for kind in ("campaign", "flow"):
            report = client.report(
                f"{kind}-values",
                statistics=["conversions"],
                timeframe={"start": "2025-04-02T00:00:00Z", "end": "2026-03-31T23:00:00Z"},
                conversion_metric_id=client.metric("Placed Order"),
            )
            total += sum(row["statistics"]["conversions"] for row in report["data"]["attributes"]["results"])
        return total

    final, count = attributed(), conversions()
    assert links() == final
    own.set_faults(unsettled_days=300)
    unsettled = attributed()
    assert unsettled < final
    assert links() == unsettled
    assert conversions() < count
    own.set_faults(unsettled_days=0)
    assert links() == final


def test_predictive_analytics_fail_alone(own: RunningEmulator, client: Api) -> None:
    own.set_faults(predictive_503=1)
    assert client.status("/api/profiles")[0] == 200
    assert client.status("/api/profiles?additional-fields[profile]=predictive_analytics")[0] == 503


def test_a_page_in_no_order_holds_the_same_events(own: RunningEmulator, client: Api) -> None:
    whole = ids(client)
    own.set_faults(shuffle=1)
    mixed = ids(client)
    assert mixed != whole
    assert sorted(mixed) == sorted(whole)


def test_a_negative_refund_deducts_nothing(own: RunningEmulator) -> None:
    own.set_faults(negative_refund=1)
    rows = [row for row in own.ledger.account(0)["deductions"] if (row["amount"] or 0) < 0]
    for row in rows:
        assert row["deducted"] == 0


def test_time_moves_on_and_events_appear(own: RunningEmulator, client: Api) -> None:
    before = ids(client)
    own.set_now(NOW + timedelta(days=3))
    after = ids(client)
    assert set(before) < set(after)
    assert own.ledger.account(0)["days"][-1]["day"] > "2026-03-31" or len(after) > len(before)
    own.set_now(NOW)
    assert ids(client) == before


def test_what_was_asked_is_counted(own: RunningEmulator, client: Api) -> None:
    own.reset_counts()
    client.get("/api/metrics")
    client.status("/api/events?page[size]=0")
    assert own.requests == {"get_metrics": 1, "get_events": 1}
    assert own.log[0] == "GET /api/metrics"
    assert own.state()["answers"] == {"get_metrics 200": 1, "get_events 400": 1}


def test_the_control_endpoint_answers_over_http(own: RunningEmulator) -> None:
    state = httpx.post(
        own.base_url + "/_control", json={"faults": {"shuffle": 1}, "now": "2026-02-01T00:00:00+00:00"}
    ).json()
    assert state["faults"] == {"shuffle": 1.0}
    assert state["now"] == "2026-02-01T00:00:00+00:00"
    told = orjson.loads(httpx.get(own.base_url + "/_control/ledger").content)
    assert told["accounts"] == own.ledger.accounts
    assert httpx.get(own.base_url + "/api/accounts", headers=HEADERS).status_code == 200
