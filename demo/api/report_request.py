"""A report request's body, checked: type, statistics, conversion metric, group_by, filter, timeframe, interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from demo.api.account import AccountView
from demo.api.contract import FieldRule, Operation
from demo.api.errors import ApiError
from demo.api.filters import Condition, parse_filter
from demo.api.timeframe import Timeframe, parse_timeframe

ATTRIBUTES = "/data/attributes"
MUST_GROUP = {"campaign": ("campaign_id", "campaign_message_id"), "flow": ("flow_id", "flow_message_id")}
DEFAULT_GROUP = {
    "campaign": ("campaign_id", "campaign_message_id", "send_channel"),
    "flow": ("flow_id", "flow_message_id", "send_channel"),
    "form": ("form_id",),
    "segment": ("segment_id",),
}
TAGS = ("tag_id", "tag_name")
CHANNELS = ("email", "sms", "push-notification", "whatsapp")
MOST_VALUES = 100


@dataclass(frozen=True)
class ReportRequest:
    subject: str
    statistics: tuple[str, ...]
    group_by: tuple[str, ...]
    filters: list[Condition]
    frame: Timeframe
    interval: str | None
    conversion_metric: str | None


def read_body(raw: bytes, kind: str) -> dict[str, Any]:
    """The attributes of `{"data": {"type": kind, "attributes": {…}}}`; raises ApiError 400."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(400, "The request's body is not valid JSON.", pointer="/") from None
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or data.get("type") != kind:
        raise ApiError(400, f"'type' must be '{kind}'.", pointer="/data/type")
    attributes = data.get("attributes")
    if not isinstance(attributes, dict):
        raise ApiError(400, "'attributes' is required.", pointer=ATTRIBUTES)
    return attributes


def filter_rules(subject: str) -> dict[str, FieldRule]:
    def rule(single: tuple[str, ...], listed: tuple[str, ...], values: tuple[str, ...] | None = None) -> FieldRule:
        return FieldRule(frozenset(single), frozenset(listed), frozenset(), "string", values)

    if subject == "segment":
        return {"segment_id": rule(("equals",), ("any",))}
    if subject == "form":
        return {name: rule(("equals",), ("any",)) for name in ("form_id", "form_version_id")}
    names = [f"{subject}_id", f"{subject}_message_id", f"{subject}_message_name", "text_message_format", "variation"]
    names += ["variation_name", "flow_name"] if subject == "flow" else ["variation_name", "group", "group_name"]
    rules = {name: rule(("equals",), ("contains-any",)) for name in names}
    rules["send_channel"] = rule(("equals",), ("contains-any",), CHANNELS)
    return rules | {name: rule((), ("contains-any", "contains-all")) for name in TAGS}


def parse_report(view: AccountView, operation: Operation, raw: bytes) -> ReportRequest:
    kind = operation.body["type"]
    subject = kind.split("-")[0]
    attributes = read_body(raw, kind)
    for name in attributes:
        if name not in operation.body or name in ("required", "type"):
            raise ApiError(
                400, f"'{name}' is not a valid field for the resource '{kind}'.", pointer=f"{ATTRIBUTES}/{name}"
            )
    for name in operation.body["required"]:
        if attributes.get(name) in (None, "", []):
            raise ApiError(
                400, f"'{name}' is a required field for the resource '{kind}'.", pointer=f"{ATTRIBUTES}/{name}"
            )
    statistics = tuple(attributes["statistics"])
    for name in statistics:
        if name not in operation.body["statistics"]:
            raise ApiError(400, f"'{name}' is not a valid statistic.", pointer=f"{ATTRIBUTES}/statistics")
    metric = attributes.get("conversion_metric_id")
    if metric is not None and metric not in view.metric_kind:
        raise ApiError(400, f"Metric '{metric}' does not exist.", pointer=f"{ATTRIBUTES}/conversion_metric_id")
    group_by = tuple(attributes.get("group_by") or DEFAULT_GROUP[subject])
    if attributes.get("group_by"):
        for name in group_by:
            if name not in operation.body["group_by"]:
                raise ApiError(400, f"'{name}' is not a valid group_by.", pointer=f"{ATTRIBUTES}/group_by")
        for name in MUST_GROUP.get(subject, ()):
            if name not in group_by:
                raise ApiError(400, f"'{name}' must be part of group_by.", pointer=f"{ATTRIBUTES}/group_by")
        if "form_version_id" in group_by and "form_id" not in group_by:
            raise ApiError(400, "'form_version_id' needs 'form_id' in group_by.", pointer=f"{ATTRIBUTES}/group_by")
    filters = parse_filter(attributes.get("filter"), filter_rules(subject))
    seen = [condition.field for condition in filters]
    if len(set(seen)) != len(seen) or any(len(condition.values) > MOST_VALUES for condition in filters):
        raise ApiError(400, "One filter an attribute, with at most 100 values.", pointer=f"{ATTRIBUTES}/filter")
    frame = parse_timeframe(attributes["timeframe"], view.world.plan.zone, view.now())
    return ReportRequest(subject, statistics, group_by, filters, frame, attributes.get("interval"), metric)
