"""First judge of the emulator's form: the vendor's OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.demo import judge
from tests.demo.conftest import Api
from tests.demo.contract_source import CONTRACT, build_contract

pytestmark = pytest.mark.skipif(
    not judge.available, reason="the vendor's OpenAPI document is not beside the repository"
)


def first_id(api: Api, path: str, **params: Any) -> str:
    found: str = api.get(path, **params)["data"][0]["id"]
    return found


EMAIL = {"filter": 'equals(messages.channel,"email")'}
COLLECTIONS: list[tuple[str, dict[str, Any]]] = [
    ("/api/accounts", {}),
    ("/api/metrics", {"include": "flow-triggers"}),
    ("/api/events", {"include": "attributions,metric,profile", "page[size]": 1000, "sort": "-datetime"}),
    ("/api/profiles", {"additional-fields[profile]": "subscriptions,predictive_analytics", "page[size]": 100}),
    ("/api/profiles", {"include": "push-tokens", "sort": "updated"}),
    ("/api/campaigns", {**EMAIL, "include": "campaign-messages,tags"}),
    ("/api/campaigns", {"filter": 'equals(messages.channel,"sms")', "include": "campaign-messages,tags"}),
    ("/api/campaigns", {"filter": 'equals(messages.channel,"mobile_push")', "include": "campaign-messages"}),
    ("/api/tags", {"include": "tag-group"}),
    ("/api/flows", {"include": "flow-actions,tags"}),
    ("/api/lists", {"include": "tags,flow-triggers"}),
    ("/api/segments", {"include": "tags"}),
    ("/api/forms", {}),
    ("/api/catalog-items", {"include": "variants"}),
    ("/api/catalog-variants", {}),
    ("/api/catalog-categories", {}),
]


@pytest.mark.parametrize(("path", "params"), COLLECTIONS)
@pytest.mark.parametrize("account", ["api", "second"])
def test_a_collection_is_what_the_document_says(
    account: str, path: str, params: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    body = request.getfixturevalue(account).get(path, **params)
    assert body["data"]
    assert judge.complaints("get", path, "200", body) == []


def nested(api: Api) -> list[tuple[str, str, dict[str, Any]]]:
    """(template, path, parameters) of everything that is read by an id."""
    campaign = first_id(api, "/api/campaigns", **EMAIL)
    message = first_id(api, f"/api/campaigns/{campaign}/campaign-messages")
    flow = first_id(api, "/api/flows")
    actions = api.get(f"/api/flows/{flow}/flow-actions")["data"]
    action = next(row["id"] for row in actions if row["attributes"]["definition"]["type"] == "send-email")
    flow_message = first_id(api, f"/api/flow-actions/{action}/flow-messages")
    found = [
        ("/api/accounts/{id}", first_id(api, "/api/accounts"), {}),
        ("/api/metrics/{id}", first_id(api, "/api/metrics"), {"include": "flow-triggers"}),
        ("/api/events/{id}", first_id(api, "/api/events"), {"include": "profile,metric,attributions"}),
        ("/api/profiles/{id}", first_id(api, "/api/profiles"), {"include": "lists,segments"}),
        ("/api/campaigns/{id}", campaign, {"include": "campaign-messages,tags"}),
        ("/api/campaigns/{id}/campaign-messages", campaign, {"include": "campaign"}),
        ("/api/campaigns/{id}/tags", campaign, {}),
        ("/api/campaign-messages/{id}", message, {"include": "campaign"}),
        ("/api/flows/{id}", flow, {"include": "flow-actions,tags"}),
        ("/api/flows/{id}/flow-actions", flow, {}),
        ("/api/flows/{id}/tags", flow, {}),
        ("/api/flow-actions/{id}/flow-messages", action, {}),
        ("/api/flow-messages/{id}", flow_message, {"include": "flow-action"}),
        ("/api/forms/{id}", first_id(api, "/api/forms"), {}),
        ("/api/forms/{id}/form-versions", first_id(api, "/api/forms"), {}),
    ]
    for kind in ("list", "segment"):
        key = first_id(api, f"/api/{kind}s")
        found += [
            (f"/api/{kind}s/{{id}}", key, {f"additional-fields[{kind}]": "profile_count", "include": "tags"}),
            (f"/api/{kind}s/{{id}}/profiles", key, {"additional-fields[profile]": "subscriptions"}),
            (f"/api/{kind}s/{{id}}/relationships/profiles", key, {"page[size]": 100}),
        ]
    return [(template, template.replace("{id}", key), params) for template, key, params in found]


@pytest.mark.parametrize("account", ["api", "second"])
def test_everything_read_by_id_is_what_the_document_says(account: str, request: pytest.FixtureRequest) -> None:
    client: Api = request.getfixturevalue(account)
    for template, path, params in nested(client):
        assert judge.complaints("get", template, "200", client.get(path, **params)) == [], path


def report_bodies(api: Api) -> list[tuple[str, dict[str, Any]]]:
    contract = {entry["path"]: entry for entry in json.loads(CONTRACT.read_text())}
    found = []
    for kind in (
        "campaign-values",
        "flow-values",
        "flow-series",
        "form-values",
        "form-series",
        "segment-values",
        "segment-series",
    ):
        path = f"/api/{kind}-reports"
        rules = contract[path]["body"]
        attributes: dict[str, Any] = {
            "statistics": rules["statistics"],
            "timeframe": {"start": "2026-02-01T00:00:00+00:00", "end": "2026-03-30T23:59:59+00:00"},
        }
        if "conversion_metric_id" in rules:
            attributes["conversion_metric_id"] = api.metric("Placed Order")
        if "interval" in rules:
            attributes["interval"] = "daily"
        found.append((path, {"data": {"type": rules["type"], "attributes": attributes}}))
        if "group_by" in rules:
            more = {**attributes, "group_by": rules["group_by"]}
            found.append((path, {"data": {"type": rules["type"], "attributes": more}}))
    return found


def test_reports_are_what_the_document_says(api: Api) -> None:
    for path, body in report_bodies(api):
        assert judge.complaints("post", path, "request", body) == [], path
        answer = api.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["attributes"]["results"], path
        assert judge.complaints("post", path, "200", answer.json()) == [], path


def test_metric_aggregates_are_what_the_document_says(api: Api) -> None:
    attributes = {
        "metric_id": api.metric("Placed Order"),
        "measurements": ["count", "sum_value", "unique"],
        "filter": ["greater-or-equal(datetime,2026-01-01T00:00:00)", "less-than(datetime,2026-03-01T00:00:00)"],
        "interval": "week",
        "by": ["$attributed_channel"],
        "timezone": "Europe/Berlin",
    }
    body = {"data": {"type": "metric-aggregate", "attributes": attributes}}
    assert judge.complaints("post", "/api/metric-aggregates", "request", body) == []
    answer = api.http.post("/api/metric-aggregates", json=body)
    assert answer.status_code == 200, answer.text
    assert judge.complaints("post", "/api/metric-aggregates", "200", answer.json()) == []


@pytest.mark.parametrize(
    ("path", "template", "status"),
    [
        ("/api/events?page[size]=1001", "/api/events", 400),
        ("/api/campaigns", "/api/campaigns", 400),
        ("/api/profiles/nobody", "/api/profiles/{id}", 404),
    ],
)
def test_refusals_are_what_the_document_says(api: Api, path: str, template: str, status: int) -> None:
    found, body = api.status(path)
    assert found == status
    assert judge.complaints("get", template, "4XX", body) == []


def test_the_judge_finds_what_is_wrong(api: Api) -> None:
    body = api.get("/api/metrics")
    body["data"][0]["id"] = 7
    assert judge.complaints("get", "/api/metrics", "200", body) != []


def test_the_endpoint_table_is_the_documents() -> None:
    assert json.loads(CONTRACT.read_text()) == json.loads(json.dumps(build_contract()))
