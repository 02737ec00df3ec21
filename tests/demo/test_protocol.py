"""How requests are admitted, read and paged."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from demo.api.contract import operations
from demo.api.filters import parse_filter
from demo.api.query import decode_cursor
from demo.emulator import RunningEmulator
from tests.demo.conftest import HEADERS, Api


def ask(emulator: RunningEmulator, path: str, **headers: str) -> httpx.Response:
    sent = httpx.Headers(HEADERS)
    sent.update(headers)
    return httpx.get(emulator.base_url + path, headers=sent)


@pytest.mark.parametrize("key", ["", "Bearer abc", "Klaviyo-API-Key sk_x", "Klaviyo-API-Key AbCd12"])
def test_only_private_keys_are_let_in(emulator: RunningEmulator, key: str) -> None:
    answer = ask(emulator, "/api/accounts", authorization=key)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("key", "organization"), [("pk_demo2_x", "Harbor & Leaf Tea"), ("pk_other", "Nordwald Outdoor")]
)
def test_the_key_names_the_account(emulator: RunningEmulator, key: str, organization: str) -> None:
    answer = ask(emulator, "/api/accounts", authorization=f"Klaviyo-API-Key {key}")
    attributes = answer.json()["data"][0]["attributes"]
    assert attributes["contact_information"]["organization_name"] == organization


@pytest.mark.parametrize("revision", ["", "latest", "2026-7-15"])
def test_the_revision_is_required(emulator: RunningEmulator, revision: str) -> None:
    assert ask(emulator, "/api/accounts", revision=revision).status_code == 400


def test_a_retired_revision_falls_forward_unless_told_not_to(emulator: RunningEmulator) -> None:
    assert ask(emulator, "/api/accounts", revision="2023-02-22").status_code == 200
    strict = {"revision": "2023-02-22", "X-Klaviyo-Revision-Fall-Forward-Opt-Out": "1"}
    assert ask(emulator, "/api/accounts", **strict).status_code == 410


def test_both_forms_of_a_path_work(emulator: RunningEmulator) -> None:
    assert ask(emulator, "/api/accounts/").json()["data"] == ask(emulator, "/api/accounts").json()["data"]
    assert ask(emulator, "/api/nothing").status_code == 404
    assert httpx.post(emulator.base_url + "/api/accounts", headers=HEADERS).status_code == 405


def test_the_media_type_is_json_api(emulator: RunningEmulator) -> None:
    assert ask(emulator, "/api/metrics").headers["content-type"] == "application/vnd.api+json"


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/api/events?page[size]=0", "page[size]"),
        ("/api/events?page[size]=1001", "page[size]"),
        ("/api/profiles?page[size]=101", "page[size]"),
        ("/api/lists?page[size]=11", "page[size]"),
        ("/api/metrics?page[size]=10", "page[size]"),
        ("/api/events?sort=value", "sort"),
        ("/api/events?include=flows", "include"),
        ("/api/events?fields[event]=value", "fields[event]"),
        ("/api/events?additional-fields[profile]=subscriptions", "additional-fields[profile]"),
        ("/api/events?page[cursor]=made-up", "page[cursor]"),
        ("/api/events?colour=red", "colour"),
        ("/api/campaigns", "filter"),
        ('/api/campaigns?filter=equals(status,"Sent")', "filter"),
        ('/api/campaigns?filter=equals(messages.channel,"pigeon")', "filter"),
        ("/api/profiles?filter=greater-or-equal(updated,2026-01-01T00:00:00Z)", "filter"),
        ("/api/lists?filter=less-than(updated,2026-01-01T00:00:00Z)", "filter"),
        ("/api/events?filter=greater-than(datetime,yesterday)", "filter"),
        ("/api/events?filter=equals(metric_id,unquoted)", "filter"),
        ("/api/events?filter=equals(value,1)", "filter"),
        ("/api/events?filter=equals(metric_id", "filter"),
        ('/api/events?filter=or(equals(metric_id,"a"),equals(metric_id,"b"))', "filter"),
    ],
)
def test_what_an_endpoint_does_not_know_is_refused_with_its_place(api: Api, path: str, parameter: str) -> None:
    status, body = api.status(path)
    assert status == 400
    assert body["errors"][0]["source"]["parameter"] == parameter


def test_filters_combine_by_comma_and_and() -> None:
    rules = operations()["get_events"].filters
    comma = 'equals(metric_id,"X"),greater-or-equal(datetime,2026-01-01T00:00:00+02:00)'
    assert parse_filter(comma, rules) == parse_filter(f"and({comma})", rules)
    several = parse_filter("equals(metric_id,['a','b, c'])", rules)[0]
    assert several.values == ("a", "b, c")
    assert several.listed


def test_every_operator_of_every_field_is_understood() -> None:
    sample = {"date-time": "2026-01-01T00:00:00Z", "number": "1", "integer": "1", "boolean": "true"}
    for operation in operations().values():
        for field, rule in operation.filters.items():
            value = sample.get(rule.type) or f'"{rule.values[0] if rule.values else "x"}"'
            for operator in rule.single:
                assert parse_filter(f"{operator}({field},{value})", operation.filters)[0].operator == operator
            for operator in rule.listed:
                assert parse_filter(f"{operator}({field},[{value}])", operation.filters)[0].listed


def test_time_bounds_are_open_and_closed_as_their_names_say(api: Api) -> None:
    row = api.get("/api/events", **{"sort": "datetime", "page[size]": 20})["data"][10]
    moment = row["attributes"]["datetime"]
    same = [
        r["id"]
        for r in api.all("/api/events", filter=f"greater-or-equal(datetime,{moment}),less-or-equal(datetime,{moment})")
    ]
    assert row["id"] in same
    after = api.all("/api/events", filter=f"greater-than(datetime,{moment}),less-than(datetime,2024-02-01T00:00:00Z)")
    before = api.all("/api/events", filter=f"less-than(datetime,{moment})")
    assert not set(same) & {r["id"] for r in after + before}
    early = api.all("/api/events", filter="less-than(datetime,2024-02-01T00:00:00Z)")
    assert len(early) == len(same) + len(after) + len(before)
    stamp = row["attributes"]["timestamp"]
    assert [r["id"] for r in api.all("/api/events", filter=f"less-than(timestamp,{stamp})")] == [
        r["id"] for r in before
    ]


def test_a_profile_and_its_events_belong_together(api: Api) -> None:
    row = api.get("/api/events", **{"sort": "-datetime"})["data"][0]
    owner = row["relationships"]["profile"]["data"]["id"]
    mine = api.all("/api/events", filter=f'equals(profile_id,"{owner}")')
    assert row["id"] in [r["id"] for r in mine]
    assert {r["relationships"]["profile"]["data"]["id"] for r in mine} == {owner}


@pytest.mark.parametrize("size", [7, 200, 1000])
@pytest.mark.parametrize("sort", ["datetime", "-datetime"])
def test_walking_gives_every_event_once_and_in_order(api: Api, size: int, sort: str) -> None:
    window = "greater-or-equal(datetime,2024-02-01T00:00:00Z),less-than(datetime,2024-04-01T00:00:00Z)"
    rows = api.all("/api/events", **{"filter": window, "sort": sort, "page[size]": size})
    whole = api.all("/api/events", **{"filter": window, "sort": "datetime", "page[size]": 1000})
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) == len(whole)
    assert set(ids) == {row["id"] for row in whole}
    times = [row["attributes"]["timestamp"] for row in rows]
    assert times == sorted(times, reverse=sort.startswith("-"))


def test_the_next_link_keeps_the_question(api: Api) -> None:
    params = {
        "filter": "less-than(datetime,2026-01-01T00:00:00Z)",
        "sort": "datetime",
        "page[size]": 5,
        "include": "profile",
    }
    page = api.get("/api/events", **params)
    following = parse_qs(urlsplit(page["links"]["next"]).query)
    cursor = following.pop("page[cursor]")[0]
    assert following == {name: [str(value)] for name, value in params.items()}
    assert decode_cursor(cursor)
    second = api.get(page["links"]["next"])
    back = api.get(second["links"]["prev"])
    assert [row["id"] for row in back["data"]] == [row["id"] for row in page["data"]]


def test_included_resources_are_those_that_are_named(api: Api) -> None:
    page = api.get("/api/events", **{"include": "profile,metric,attributions", "page[size]": 1000, "sort": "-datetime"})
    named: set[tuple[str, str]] = set()
    for row in page["data"]:
        for part in row["relationships"].values():
            entries = part["data"] if isinstance(part["data"], list) else [part["data"]]
            named |= {(entry["type"], entry["id"]) for entry in entries}
    given = [(row["type"], row["id"]) for row in page["included"]]
    assert len(given) == len(set(given))
    assert set(given) <= named
    absent = {kind for kind, _ in named - set(given)}
    assert absent <= {"profile"}  # deleted people only


def test_sparse_fields_leave_the_rest_out(api: Api) -> None:
    row = api.get("/api/events", **{"fields[event]": "datetime", "include": "profile", "fields[profile]": "email"})
    assert set(row["data"][0]["attributes"]) == {"datetime"}
    assert set(row["included"][0]["attributes"]) == {"email"}
    city = api.get("/api/profiles", **{"fields[profile]": "location.city"})["data"][0]
    assert set(city["attributes"]["location"]) == {"city"}


def test_profiles_by_update_miss_nobody(api: Api) -> None:
    everyone = api.all("/api/profiles", **{"sort": "updated", "page[size]": 100})
    times = [row["attributes"]["updated"] for row in everyone]
    assert times == sorted(times)
    border = times[len(times) // 2]
    newer = api.all("/api/profiles", **{"filter": f"greater-than(updated,{border})", "page[size]": 100})
    assert {row["id"] for row in newer} == {row["id"] for row in everyone if row["attributes"]["updated"] > border}


def test_a_deleted_profile_is_gone_but_its_events_stay(emulator: RunningEmulator, api: Api) -> None:
    assert emulator.app is not None
    view = emulator.app.views[0]
    kinds = view.world.timeline
    gone = next(int(p) for p in kinds.profile[: view.cut()] if view.world.people.deleted[p])
    key = view.profile_ids[gone]
    assert api.status(f"/api/profiles/{key}")[0] == 404
    page = api.get("/api/events", filter=f'equals(profile_id,"{key}")', include="profile")
    assert page["data"]
    assert page["included"] == []


def test_campaigns_are_split_by_channel_and_archive(api: Api) -> None:
    seen: set[str] = set()
    for channel in ("email", "sms", "mobile_push"):
        for archived in ("true", "false"):
            rows = api.all("/api/campaigns", filter=f'equals(messages.channel,"{channel}"),equals(archived,{archived})')
            assert {row["attributes"]["archived"] for row in rows} <= {archived == "true"}
            assert not seen & {row["id"] for row in rows}
            seen |= {row["id"] for row in rows}
    assert len(seen) > 20


REPORT: dict[str, Any] = {
    "statistics": ["recipients"],
    "timeframe": {"start": "2026-03-01T00:00:00+00:00", "end": "2026-03-20T23:59:59+00:00"},
}


@pytest.mark.parametrize(
    ("kind", "change", "pointer"),
    [
        ("campaign-values", {}, "conversion_metric_id"),
        ("flow-series", {"conversion_metric_id": "M"}, "interval"),
        ("flow-series", {"conversion_metric_id": "M", "interval": "day"}, "interval"),
        ("flow-series", {"conversion_metric_id": "M", "interval": "hourly"}, "interval"),
        ("campaign-values", {"conversion_metric_id": "nope"}, "conversion_metric_id"),
        ("campaign-values", {"conversion_metric_id": "M", "statistics": ["happiness"]}, "statistics"),
        ("campaign-values", {"conversion_metric_id": "M", "statistics": []}, "statistics"),
        ("campaign-values", {"conversion_metric_id": "M", "group_by": ["campaign_id"]}, "group_by"),
        ("campaign-values", {"conversion_metric_id": "M", "interval": "daily"}, "interval"),
        ("campaign-values", {"conversion_metric_id": "M", "timeframe": {"key": "last_century"}}, "timeframe"),
        (
            "campaign-values",
            {
                "conversion_metric_id": "M",
                "timeframe": {"start": "2024-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
            },
            "timeframe",
        ),
        ("form-values", {"statistics": ["submits"], "group_by": ["form_version_id"]}, "group_by"),
        ("form-values", {"statistics": ["submits_unique"]}, "statistics"),
        ("segment-values", {"statistics": ["total_members"], "group_by": ["segment_id"]}, "group_by"),
    ],
)
def test_a_report_that_is_asked_wrongly_is_refused(api: Api, kind: str, change: dict[str, Any], pointer: str) -> None:
    attributes = {**REPORT, **change}
    if attributes.get("conversion_metric_id") == "M":
        attributes["conversion_metric_id"] = api.metric("Placed Order")
    status, body = api.try_report(kind, **attributes)
    assert status == 400
    assert body["errors"][0]["source"]["pointer"] == f"/data/attributes/{pointer}"


@pytest.mark.parametrize(
    ("interval", "days", "accepted"), [("daily", 60, True), ("daily", 61, False), ("hourly", 7, True)]
)
def test_a_series_may_be_so_long(api: Api, interval: str, days: int, accepted: bool) -> None:
    first = f"2026-01-{1:02d}T00:00:00+00:00"
    month, day = (3, 1) if days == 60 else (3, 2) if days == 61 else (1, 7)
    frame = {"start": first, "end": f"2026-{month:02d}-{day:02d}T23:59:59+00:00"}
    status, _ = api.try_report("segment-series", statistics=["total_members"], timeframe=frame, interval=interval)
    assert (status == 200) is accepted


def test_a_report_reads_its_times_in_the_accounts_zone(api: Api, second: Api) -> None:
    """The offset of the request is ignored; labels carry the account's own."""
    for client, label in ((api, "2026-03-29T00:00:00+01:00"), (second, "2026-03-29T00:00:00-04:00")):
        report = client.report(
            "segment-series",
            statistics=["total_members"],
            timeframe={"start": "2026-03-29T00:00:00-09:00", "end": "2026-03-30T10:00:00-09:00"},
            interval="daily",
        )
        assert report["data"]["attributes"]["date_times"][0] == label
        assert len(report["data"]["attributes"]["date_times"]) == 2


def test_a_report_can_be_filtered(api: Api) -> None:
    metric = api.metric("Placed Order")
    frame = {"key": "last_365_days"}
    every = api.report("campaign-values", statistics=["recipients"], timeframe=frame, conversion_metric_id=metric)
    results = every["data"]["attributes"]["results"]
    chosen = results[0]["groupings"]["campaign_id"]
    only = api.report(
        "campaign-values",
        statistics=["recipients"],
        timeframe=frame,
        conversion_metric_id=metric,
        filter=f'equals(campaign_id,"{chosen}")',
    )["data"]["attributes"]["results"]
    assert only == [row for row in results if row["groupings"]["campaign_id"] == chosen]
    texts = api.report(
        "campaign-values",
        statistics=["recipients"],
        timeframe=frame,
        conversion_metric_id=metric,
        filter='contains-any(send_channel,["sms"])',
    )["data"]["attributes"]["results"]
    assert {row["groupings"]["send_channel"] for row in texts} == {"sms"}


def test_metric_aggregates_count_by_the_events_own_day(api: Api, emulator: RunningEmulator) -> None:
    attributes = {
        "metric_id": api.metric("Placed Order"),
        "measurements": ["count", "sum_value"],
        "filter": ["greater-or-equal(datetime,2026-02-01T00:00:00)", "less-than(datetime,2026-03-01T00:00:00)"],
        "timezone": "Europe/Berlin",
    }
    body = {"data": {"type": "metric-aggregate", "attributes": attributes}}
    told = api.http.post("/api/metric-aggregates", json=body).json()["data"]["attributes"]
    counts = told["data"][0]["measurements"]["count"]
    orders = emulator.ledger.account(0)["orders"]
    for label, count in zip(told["dates"], counts, strict=True):
        assert count == sum(order["day"] == label[:10] for order in orders)
    too_long = {
        **attributes,
        "filter": ["greater-or-equal(datetime,2024-01-01T00:00:00)", "less-than(datetime,2026-03-01T00:00:00)"],
    }
    answer = api.http.post(
        "/api/metric-aggregates", json={"data": {"type": "metric-aggregate", "attributes": too_long}}
    )
    assert answer.status_code == 400
