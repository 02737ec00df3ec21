"""`/api/metric-aggregates`: counts, sums and people of one metric by the date of the event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import orjson

from demo.api.account import AccountView
from demo.api.contract import FieldRule, Operation
from demo.api.errors import ApiError
from demo.api.filters import Condition, matches, parse_filter
from demo.api.query import Query
from demo.api.report_request import ATTRIBUTES, read_body
from demo.api.timeframe import LONGEST
from demo.world.cards import dumps
from demo.world.marketing import REPORT_CHANNELS
from demo.world.timeline import Kind

UNSUPPORTED_ZONES = ("Europe/Kyiv", "Pacific/Kanton", "Factory")
MOST_DIMENSIONS = 10


def _rules(dimensions: list[str]) -> dict[str, FieldRule]:
    bounds = frozenset({"greater-or-equal", "less-than"})
    rules = {"datetime": FieldRule(bounds, frozenset(), frozenset(), "date-time", None)}
    scalar, listed = frozenset({"equals", "contains"}), frozenset({"any", "equals"})
    return rules | {name: FieldRule(scalar, listed, frozenset(), "string", None) for name in dimensions}


def _zone(name: str) -> ZoneInfo:
    try:
        if name in UNSUPPORTED_ZONES:
            raise ZoneInfoNotFoundError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ApiError(400, f"'{name}' is not a supported time zone.", pointer=f"{ATTRIBUTES}/timezone") from None


def _starts(low: float, high: float, interval: str, zone: ZoneInfo) -> list[datetime]:
    at = datetime.fromtimestamp(low, zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    end = datetime.fromtimestamp(high, zone).replace(tzinfo=None)
    if interval != "hour":
        at = at.replace(hour=0)
    if interval == "week":
        at -= timedelta(days=at.weekday())
    if interval == "month":
        at = at.replace(day=1)
    steps = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
    found = []
    while at < end:
        found.append(at)
        at = at + steps[interval] if interval in steps else (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def _dimension(view: AccountView, row: int, event: dict[str, Any], name: str) -> str:
    if name.startswith("$attributed_"):
        return _attributed(view, row, name[12:])
    if name in ("$campaign_channel", "$flow_channel"):
        key = event.get("$message")
        for message in view.world.marketing.messages:
            if message.id == key and (message.flow >= 0) == (name == "$flow_channel"):
                return REPORT_CHANNELS[message.channel]
        return ""
    if name == "$message_send_cohort":
        return str(event.get("$_cohort$message_send_cohort", ""))
    value = event.get(name, "")
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _attributed(view: AccountView, row: int, what: str) -> str:
    world = view.world
    if world.timeline.kind[row] != Kind.PLACED:
        return ""
    order = int(world.timeline.ref[row])
    first = int(world.timeline.attribution_first[order])
    if first == int(world.timeline.attribution_first[order + 1]) or bool(view.unsettled()[order]):
        return ""
    send = int(world.sends.reaction_send[world.attributions.reaction[first]])
    message = world.marketing.messages[int(world.sends.message[send])]
    if what == "channel":
        return REPORT_CHANNELS[message.channel]
    if what == "flow":
        return world.marketing.flows[message.flow].id if message.flow >= 0 else ""
    return message.variations[int(world.sends.variation[send])][0] if what == "variation" else message.id


def metric_aggregates(view: AccountView, operation: Operation, query: Query, raw: bytes) -> bytes:
    attributes = read_body(raw, "metric-aggregate")
    for name in operation.body["required"]:
        if not attributes.get(name):
            raise ApiError(400, f"'{name}' is a required field.", pointer=f"{ATTRIBUTES}/{name}")
    for name in ("measurements", "by"):
        for value in attributes.get(name) or []:
            if value not in operation.body[name]:
                raise ApiError(400, f"'{value}' is not a valid choice.", pointer=f"{ATTRIBUTES}/{name}")
    interval = attributes.get("interval") or "day"
    if interval not in operation.body["interval"]:
        raise ApiError(400, f"'{interval}' is not a valid interval.", pointer=f"{ATTRIBUTES}/interval")
    kind = view.metric_kind.get(attributes["metric_id"])
    if kind is None:
        raise ApiError(404, f"A metric with id {attributes['metric_id']} does not exist.")
    by = list(attributes.get("by") or [])
    if len(by) > MOST_DIMENSIONS:
        raise ApiError(400, "Too many dimensions.", pointer=f"{ATTRIBUTES}/by")
    zone = _zone(attributes.get("timezone") or "UTC")
    conditions = parse_filter(",".join(attributes["filter"]), _rules(operation.body["by"]))
    low, high = _bounds(conditions, zone)
    starts = _starts(low, high, interval, zone)
    edges = np.array([max(at.replace(tzinfo=zone).timestamp(), low) for at in starts] + [high])
    rows = view.rows(kind)
    ts = view.effective_ts()[rows]
    rows = rows[(ts >= low) & (ts < high) & (rows < view.cut())]
    others = [condition for condition in conditions if condition.field != "datetime"]
    groups: dict[tuple[str, ...], list[tuple[int, float, int]]] = {} if by else {(): []}
    for row, event in zip(rows.tolist(), orjson.loads(b"[" + view.events.joined(rows) + b"]"), strict=True):
        properties = event["attributes"]["event_properties"]
        if any(not matches(c, _dimension(view, row, properties, c.field)) for c in others):
            continue
        place = tuple(_dimension(view, row, properties, name) for name in by)
        bucket = int(np.searchsorted(edges, event["attributes"]["timestamp"], side="right")) - 1
        owner = int(view.world.timeline.profile[row])
        groups.setdefault(place, []).append((bucket, float(properties.get("$value") or 0), owner))
    data = []
    for place, entries in groups.items():
        measurements: dict[str, list[float]] = {}
        for name in attributes["measurements"]:
            totals = [0.0] * len(starts)
            seen: set[tuple[int, int]] = set()
            for bucket, value, owner in entries:
                if name == "unique" and (bucket, owner) in seen:
                    continue
                seen.add((bucket, owner))
                totals[bucket] += value if name == "sum_value" else 1
            measurements[name] = [round(total, 2) for total in totals]
        data.append({"dimensions": list(place), "measurements": measurements})
    body = {
        "type": "metric-aggregate",
        "id": f"{attributes['metric_id']}-{len(rows)}",
        "attributes": {"dates": [at.replace(tzinfo=zone).isoformat() for at in starts], "data": data},
        "links": {"self": query.own()},
    }
    return dumps({"data": body, "links": {"self": query.own()}})


def _bounds(conditions: list[Condition], zone: ZoneInfo) -> tuple[float, float]:
    """UTC seconds of the required datetime range; a time without an offset is in the request's time zone."""
    low = high = None
    for condition in conditions:
        if condition.field == "datetime":
            value = float(condition.values[0])  # type: ignore[arg-type]
            wall = datetime.fromtimestamp(value, ZoneInfo("UTC")).replace(tzinfo=zone)
            if condition.operator == "greater-or-equal":
                low = wall.timestamp()
            else:
                high = wall.timestamp()
    if low is None or high is None or high <= low:
        raise ApiError(400, "The filter needs a datetime range.", pointer=f"{ATTRIBUTES}/filter")
    if high - low > LONGEST.total_seconds():
        raise ApiError(400, "The datetime range may be at most 1 year long.", pointer=f"{ATTRIBUTES}/filter")
    return low, high
