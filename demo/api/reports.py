"""The seven report endpoints. Figures belong to the day of the send, in the account's time zone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from demo.api.account import AccountView
from demo.api.contract import Operation
from demo.api.filters import Condition
from demo.api.query import Query
from demo.api.report_request import ReportRequest, parse_report
from demo.api.resources import related
from demo.api.statistics import BASE, SendFacts, send_facts, statistics_of
from demo.api.timeframe import buckets
from demo.world.audience import FORM_STATISTICS, Group
from demo.world.cards import dumps
from demo.world.marketing import REPORT_CHANNELS, Message
from demo.world.timeline import Kind

Ints = npt.NDArray[np.int64]
Resource = dict[str, Any]
Groupings = dict[str, str | None]


def report(view: AccountView, operation: Operation, query: Query, raw: bytes) -> bytes:
    request = parse_report(view, operation, raw)
    starts = buckets(request.frame, request.interval or "") if "interval" in operation.body else None
    low, high = request.frame.seconds()
    edges = [request.frame.to_utc(at) for at in starts] if starts else [low]
    edges = [max(edge, low) for edge in edges]
    limits = np.array([*edges, high], dtype=np.int64)
    related_ids: Resource = {}
    if request.subject in ("campaign", "flow"):
        results, related_ids = _messages(view, request, limits)
    elif request.subject == "form":
        results = _forms(view, request, limits)
    else:
        results = _segments(view, request, limits)
    series = starts is not None
    attributes: Resource = {
        "results": [
            {
                "groupings": groupings,
                "statistics": {
                    name: [row[name] for row in rows] if series else rows[0][name] for name in request.statistics
                },
            }
            for groupings, rows in results
        ]
    }
    if starts is not None:
        attributes["date_times"] = [request.frame.label(at) for at in starts]
    data: Resource = {"type": operation.body["type"], "attributes": attributes}
    if related_ids:
        data["relationships"] = related_ids
    return dumps({"data": data, "links": {"self": query.own()}})


def _keeps(conditions: list[Condition], groupings: dict[str, Any]) -> bool:
    for condition in conditions:
        actual = groupings.get(condition.field)
        values = set(condition.values)
        own = set(actual) if isinstance(actual, tuple) else {actual}
        if condition.operator == "contains-all":
            if not values <= own:
                return False
        elif not values & own:
            return False
    return True


def _facets(view: AccountView, message: Message, variation: int) -> dict[str, Any]:
    """Everything that a message can be grouped or filtered by; tags are tuples."""
    market, audience = view.world.marketing, view.world.audience
    key, name = message.variations[variation]
    parent_tags = market.campaigns[message.campaign].tags if message.flow < 0 else market.flows[message.flow].tags
    found: dict[str, Any] = {
        "send_channel": REPORT_CHANNELS[message.channel],
        "tag_id": tuple(market.tags[n].id for n in parent_tags),
        "tag_name": tuple(market.tags[n].name for n in parent_tags),
        "text_message_format": "SMS" if message.channel == 1 else None,
        "variation": key,
        "variation_name": name,
    }
    if message.flow >= 0:
        flow = market.flows[message.flow]
        return found | {
            "flow_id": flow.id,
            "flow_message_id": message.id,
            "flow_message_name": message.name,
            "flow_name": flow.name,
        }
    campaign = market.campaigns[message.campaign]
    group = audience.lists[campaign.channel] if campaign.audience == 0 else audience.segments[campaign.audience % 2]
    return found | {
        "campaign_id": campaign.id,
        "campaign_message_id": message.id,
        "campaign_message_name": message.name,
        "group": group.id,
        "group_name": group.name,
    }


def _spread_tags(facets: dict[str, Any], names: tuple[str, ...]) -> Iterable[Groupings]:
    """One grouping, or one for each tag where tags are asked for (a message with two tags counts twice)."""
    plain = {name: facets[name] for name in names if not isinstance(facets[name], tuple)}
    tagged = [name for name in names if isinstance(facets[name], tuple)]
    if not tagged:
        yield plain
        return
    pairs = list(zip(facets["tag_id"], facets["tag_name"], strict=True))
    for (key, label), _ in product(pairs, (None,)):
        yield {name: {"tag_id": key, "tag_name": label}.get(name, plain.get(name)) for name in names}


def _messages(
    view: AccountView, request: ReportRequest, limits: Ints
) -> tuple[list[tuple[Groupings, list[dict[str, float]]]], Resource]:
    facts: SendFacts = send_facts(view)
    messages = view.world.marketing.messages
    flows = request.subject == "flow"
    bucket = np.searchsorted(limits, facts.ts, side="right") - 1
    is_flow = np.array([message.flow >= 0 for message in messages], dtype=bool)
    inside = (bucket >= 0) & (bucket < len(limits) - 1) & (is_flow[facts.message] == flows)
    counts = facts.counts
    if request.conversion_metric != view.metric_ids[Kind.PLACED]:
        counts = counts.copy()
        counts[:, [BASE.index(name) for name in ("conversions", "conversion_uniques", "conversion_value")]] = 0
    steps = len(limits) - 1
    cells: dict[tuple[tuple[str, str | None], ...], npt.NDArray[np.int64]] = {}
    key = facts.message * 4 + facts.variation
    for number in np.unique(key[inside]).tolist():
        message, variation = messages[number // 4], number % 4
        facets = _facets(view, message, variation)
        if not _keeps(request.filters, facets):
            continue
        rows = np.flatnonzero(inside & (key == number))
        table = np.zeros((steps, len(BASE)), dtype=np.int64)
        np.add.at(table, bucket[rows], counts[rows])
        for groupings in _spread_tags(facets, request.group_by):
            place = tuple(groupings.items())
            cells[place] = cells.get(place, 0) + table
    results = []
    for place, table in cells.items():
        series = []
        for row in table.tolist():
            base = {name: float(value) for name, value in zip(BASE, row, strict=True)}
            base["conversion_value"] /= 100
            series.append(statistics_of(base))
        results.append((dict(place), series))
    used = [dict(place) for place in cells]
    name = "flow" if flows else "campaign"
    kinds = ("flow", "flow-message") if flows else ("campaign",)
    related_ids = {}
    for kind in kinds:
        ids = sorted({str(groupings[f"{kind.replace('-', '_')}_id"]) for groupings in used})
        related_ids[f"{kind}s"] = related(f"{name}-reports", f"{kind}s", kind, ids)
    return results, related_ids


def _forms(view: AccountView, request: ReportRequest, limits: Ints) -> list[tuple[Groupings, list[dict[str, float]]]]:
    audience = view.world.audience
    bucket = np.searchsorted(limits, audience.form_hour, side="right") - 1
    inside = (bucket >= 0) & (bucket < len(limits) - 1) & (audience.form_hour + 3600 <= view.now())
    cells: dict[tuple[tuple[str, str | None], ...], npt.NDArray[np.int64]] = {}
    for version in audience.versions:
        facets = {"form_id": audience.forms[version.form].id, "form_version_id": version.id}
        rows = np.flatnonzero(inside & (audience.form_version == version.number))
        if not len(rows) or not _keeps(request.filters, facets):
            continue
        table = np.zeros((len(limits) - 1, len(FORM_STATISTICS)), dtype=np.int64)
        np.add.at(table, bucket[rows], audience.form_counts[rows])
        place: tuple[tuple[str, str | None], ...] = tuple((name, facets[name]) for name in request.group_by)
        cells[place] = cells.get(place, 0) + table
    results: list[tuple[Groupings, list[dict[str, float]]]] = []
    for place, table in cells.items():
        series = []
        for row in table.tolist():
            found = {name: float(value) for name, value in zip(FORM_STATISTICS, row, strict=True)}
            views = found["viewed_form_uniques"]
            found["submit_rate"] = found["submitted_form_step_uniques"] / views if views else 0.0
            series.append(found)
        results.append((dict(place), series))
    return results


def _segments(
    view: AccountView, request: ReportRequest, limits: Ints
) -> list[tuple[Groupings, list[dict[str, float]]]]:
    results: list[tuple[Groupings, list[dict[str, float]]]] = []
    for segment in view.world.audience.segments:
        if not _keeps(request.filters, {"segment_id": segment.id}):
            continue
        results.append(({"segment_id": segment.id}, _membership(segment, limits, view.now())))
    return results


def _membership(segment: Group, limits: Ints, now: int) -> list[dict[str, float]]:
    ends = np.minimum(limits, now + 1)
    joined = np.searchsorted(np.sort(segment.joined), ends, side="left")
    left = np.searchsorted(np.sort(segment.left), ends, side="left")
    added, removed = np.diff(joined), np.diff(left)
    return [
        {
            "members_added": float(a),
            "members_removed": float(r),
            "net_members_changed": float(a - r),
            "total_members": float(j - g),
        }
        for a, r, j, g in zip(added.tolist(), removed.tolist(), joined[1:].tolist(), left[1:].tolist(), strict=True)
    ]
