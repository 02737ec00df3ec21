"""Second judge of the emulator's form: the vendor's own SDK reads every endpoint into its models.

The SDK may speak a newer revision than the document that the emulator follows; what it reads must fit both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from demo.emulator import RunningEmulator
from tests.demo.conftest import Api

sdk = pytest.importorskip("klaviyo_api", reason="the vendor's SDK is not installed")

EMAIL = 'equals(messages.channel,"email")'
FRAME = {"start": "2026-02-01T00:00:00+00:00", "end": "2026-03-20T23:59:59+00:00"}
Client = Any


@pytest.fixture
def klaviyo(emulator: RunningEmulator) -> Client:
    return sdk.KlaviyoAPI(emulator.api_key, max_retries=0, max_delay=1, test_host=emulator.base_url)


def plain(answer: Any) -> dict[str, Any]:
    """The SDK gives models or dictionaries, depending on the endpoint."""
    found: dict[str, Any] = answer if isinstance(answer, dict) else answer.to_dict()
    return found


COLLECTIONS: dict[str, Callable[[Client], Any]] = {
    "/api/accounts": lambda k: k.Accounts.get_accounts(),
    "/api/metrics": lambda k: k.Metrics.get_metrics(),
    "/api/events": lambda k: k.Events.get_events(include=["profile", "attributions", "metric"], sort="datetime"),
    "/api/profiles": lambda k: k.Profiles.get_profiles(additional_fields_profile=["subscriptions"]),
    "/api/campaigns": lambda k: k.Campaigns.get_campaigns(EMAIL, include=["campaign-messages", "tags"]),
    "/api/tags": lambda k: k.Tags.get_tags(),
    "/api/flows": lambda k: k.Flows.get_flows(include=["flow-actions"]),
    "/api/lists": lambda k: k.Lists.get_lists(),
    "/api/segments": lambda k: k.Segments.get_segments(),
    "/api/forms": lambda k: k.Forms.get_forms(),
    "/api/catalog-items": lambda k: k.Catalogs.get_catalog_items(include=["variants"]),
    "/api/catalog-variants": lambda k: k.Catalogs.get_catalog_variants(),
    "/api/catalog-categories": lambda k: k.Catalogs.get_catalog_categories(),
}


@pytest.mark.parametrize("path", list(COLLECTIONS))
def test_the_sdk_reads_a_collection(klaviyo: Client, api: Api, path: str) -> None:
    told = plain(COLLECTIONS[path](klaviyo))
    params = {"filter": EMAIL} if path == "/api/campaigns" else {"sort": "datetime"} if path == "/api/events" else {}
    assert [str(row["id"]) for row in told["data"]] == [row["id"] for row in api.get(path, **params)["data"]]


def test_the_sdk_reads_what_has_an_id(klaviyo: Client, api: Api) -> None:
    def first(path: str, **params: Any) -> str:
        found: str = api.get(path, **params)["data"][0]["id"]
        return found

    campaign = first("/api/campaigns", filter=EMAIL)
    flow = first("/api/flows")
    actions = api.get(f"/api/flows/{flow}/flow-actions")["data"]
    action = next(row["id"] for row in actions if row["attributes"]["definition"]["type"] == "send-email")
    group, segment, form = first("/api/lists"), first("/api/segments"), first("/api/forms")
    message = first(f"/api/campaigns/{campaign}/campaign-messages")
    flow_message = first(f"/api/flow-actions/{action}/flow-messages")
    answers = {
        "account": klaviyo.Accounts.get_account(first("/api/accounts")),
        "metric": klaviyo.Metrics.get_metric(first("/api/metrics")),
        "event": klaviyo.Events.get_event(first("/api/events")),
        "profile": klaviyo.Profiles.get_profile(first("/api/profiles"), additional_fields_profile=["subscriptions"]),
        "campaign": klaviyo.Campaigns.get_campaign(campaign),
        "campaign messages": klaviyo.Campaigns.get_messages_for_campaign(campaign),
        "campaign message": klaviyo.Campaigns.get_campaign_message(message),
        "campaign tags": klaviyo.Campaigns.get_tags_for_campaign(campaign),
        "flow": klaviyo.Flows.get_flow(flow),
        "flow actions": klaviyo.Flows.get_actions_for_flow(flow),
        "flow messages": klaviyo.Flows.get_flow_action_messages(action),
        "flow message": klaviyo.Flows.get_flow_message(flow_message),
        "flow tags": klaviyo.Flows.get_tags_for_flow(flow),
        "list": klaviyo.Lists.get_list(group, additional_fields_list=["profile_count"]),
        "list profiles": klaviyo.Lists.get_profiles_for_list(group),
        "list profile ids": klaviyo.Lists.get_profile_ids_for_list(group),
        "segment": klaviyo.Segments.get_segment(segment, additional_fields_segment=["profile_count"]),
        "segment profiles": klaviyo.Segments.get_profiles_for_segment(segment),
        "segment profile ids": klaviyo.Segments.get_profile_ids_for_segment(segment),
        "form": klaviyo.Forms.get_form(form),
        "form versions": klaviyo.Forms.get_versions_for_form(form),
    }
    empty = [name for name, answer in answers.items() if not plain(answer)["data"] and "tags" not in name]
    assert empty == []


REPORTS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "campaign-values": ("query_campaign_values", ["recipients", "open_rate"], {"conversion": True}),
    "flow-values": ("query_flow_values", ["recipients", "open_rate"], {"conversion": True}),
    "flow-series": ("query_flow_series", ["recipients", "open_rate"], {"conversion": True, "interval": "daily"}),
    "form-values": ("query_form_values", ["viewed_form", "submits"], {}),
    "form-series": ("query_form_series", ["viewed_form", "submits"], {"interval": "daily"}),
    "segment-values": ("query_segment_values", ["total_members"], {}),
    "segment-series": ("query_segment_series", ["total_members"], {"interval": "daily"}),
}


@pytest.mark.parametrize("kind", list(REPORTS))
def test_the_sdk_reads_a_report(klaviyo: Client, api: Api, kind: str) -> None:
    method, statistics, more = REPORTS[kind]
    attributes: dict[str, Any] = {"statistics": statistics, "timeframe": FRAME}
    if more.get("conversion"):
        attributes["conversion_metric_id"] = api.metric("Placed Order")
    if "interval" in more:
        attributes["interval"] = more["interval"]
    body = {"data": {"type": f"{kind}-report", "attributes": attributes}}
    told = plain(getattr(klaviyo.Reporting, method)(body))
    assert told["data"]["attributes"]["results"]


def test_the_sdk_reads_metric_aggregates(klaviyo: Client, api: Api) -> None:
    attributes = {
        "metric_id": api.metric("Placed Order"),
        "measurements": ["count"],
        "filter": ["greater-or-equal(datetime,2026-01-01T00:00:00)", "less-than(datetime,2026-03-01T00:00:00)"],
    }
    body = {"data": {"type": "metric-aggregate", "attributes": attributes}}
    told = plain(klaviyo.Metrics.query_metric_aggregates(body))
    assert sum(told["data"]["attributes"]["data"][0]["measurements"]["count"]) > 0


def test_the_sdk_follows_the_pages(klaviyo: Client) -> None:
    first = plain(klaviyo.Events.get_events(sort="datetime", page_size=50))
    link = first["links"]["next"].replace("http://", "https://")  # the SDK cuts the cursor out of secure links only
    following = plain(klaviyo.Events.get_events(sort="datetime", page_size=50, page_cursor=link))
    assert not {row["id"] for row in first["data"]} & {row["id"] for row in following["data"]}


def test_the_sdk_sees_a_bad_key(emulator: RunningEmulator) -> None:
    stranger = sdk.KlaviyoAPI("sk_not_a_key", max_retries=0, max_delay=1, test_host=emulator.base_url)
    with pytest.raises(Exception, match="401"):
        stranger.Accounts.get_accounts()
