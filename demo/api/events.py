"""`/api/events`: pages cut straight out of the rendered file; only faults of the data make it look inside an event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from demo.api.account import AccountView
from demo.api.errors import ApiError
from demo.api.query import Query
from demo.world.cards import dumps
from demo.world.clock import iso
from demo.world.timeline import Kind

Ints = npt.NDArray[np.int64]
CONTENT_FAULTS = (
    "same_second",
    "merged_profiles",
    "big_ints",
    "unsettled_days",
    "negative_refund",
    "deleted_profiles",
)
BIG_MARK = "__beyond_64_bits__"
BEYOND_64_BITS = 98_765_432_109_876_543_210


def _selection(view: AccountView, query: Query) -> Ints:
    """Event numbers that match, in ascending order of time."""
    kinds: list[int] | None = None
    low, high = 0, view.cut()
    profile: int | None = None
    ts = view.effective_ts()
    for condition in query.filters:
        if condition.field == "metric_id":
            found = [view.metric_kind.get(str(value), -1) for value in condition.values]
            kinds = found if kinds is None else [kind for kind in kinds if kind in found]
        elif condition.field == "profile_id":
            profile = view.profile_number.get(str(condition.values[0]), -1)
        elif condition.field in ("datetime", "timestamp"):
            bound = float(condition.values[0])  # type: ignore[arg-type]
            after = condition.operator in ("greater-than", "less-or-equal")
            place = int(np.searchsorted(ts, bound, side="right" if after else "left"))
            if condition.operator.startswith("greater"):
                low = max(low, place)
            else:
                high = min(high, place)
    if kinds is None:
        rows = view.rows(None)
    elif len(kinds) == 1:
        rows = view.rows(kinds[0])
    else:
        rows = np.sort(np.concatenate([view.rows(kind) for kind in kinds])) if kinds else np.zeros(0, dtype=np.int64)
    a, b = np.searchsorted(rows, [low, max(high, low)])
    rows = rows[a:b]
    if profile is not None:
        owner = view.merges().owners(view.world.timeline.profile[rows], view.world.timeline.ts[rows])
        rows = rows[owner == profile]
    return rows


def _page(view: AccountView, query: Query, rows: Ints) -> tuple[Ints, str | None, str | None]:
    """(the page's rows, cursor of the next page, cursor of the page before) for keyset cursors `direction:row`."""
    descending = bool(query.sort) and str(query.sort).startswith("-")
    backwards = False
    start = 0
    if query.cursor is not None:
        mark, _, number = query.cursor.partition(":")
        if mark not in ("a", "b") or not number.isdigit():
            raise ApiError(400, "The cursor is not valid for this request.", parameter="page[cursor]")
        backwards = mark == "b"
        row = int(number)
        if descending:
            place = len(rows) - int(np.searchsorted(rows, row, side="left" if not backwards else "right"))
        else:
            place = int(np.searchsorted(rows, row, side="right" if not backwards else "left"))
        start = max(place - query.size, 0) if backwards else place
    ordered = rows[::-1] if descending else rows
    page = ordered[start : start + query.size]
    following = f"a:{int(page[-1])}" if start + len(page) < len(rows) and len(page) else None
    before = f"b:{int(page[0])}" if start > 0 and len(page) else None
    repeat = int(view.faults.get("duplicates"))
    if repeat and start > 0:
        page = np.concatenate([ordered[max(start - repeat, 0) : start], page])
    return page, following, before


def event_page(view: AccountView, query: Query) -> bytes:
    rows = _selection(view, query)
    page, following, before = _page(view, query, rows)
    links = dumps(
        {
            "self": query.own(),
            "next": query.url(following) if following else None,
            "prev": query.url(before) if before else None,
        }
    )
    if view.faults.get("shuffle"):
        page = np.concatenate([page[::2], page[1::2]])
    data = _data(view, query, page)
    included = b""
    if query.include:
        included = b',"included":[%b]' % b",".join(_included(view, query, page))
    return b'{"data":[%b]%b,"links":%b}' % (data, included, links)


def one_event(view: AccountView, query: Query, key: str) -> bytes:
    row = _row_of(view, key)
    included = b""
    page = np.array([row], dtype=np.int64)
    if query.include:
        included = b',"included":[%b]' % b",".join(_included(view, query, page))
    return b'{"data":%b%b,"links":%b}' % (_data(view, query, page), included, dumps({"self": query.own()}))


def _row_of(view: AccountView, key: str) -> int:
    number = view.event_number(key)
    if number is None:
        raise ApiError(404, f"An event with id {key} does not exist.")
    return number


def _data(view: AccountView, query: Query, page: Ints) -> bytes:
    plain = not any(view.faults.get(name) for name in CONTENT_FAULTS)
    wanted = query.fields.get("event")
    if plain and wanted is None:
        return view.events.joined(page)
    found = orjson.loads(b"[" + view.events.joined(page) + b"]")
    for event, row in zip(found, page.tolist(), strict=True):
        _disturb(view, event, row)
        if wanted is not None:
            event["attributes"] = {name: event["attributes"][name] for name in wanted if name in event["attributes"]}
    return b",".join(_dump_big(event) for event in found)


def _dump_big(event: dict[str, Any]) -> bytes:
    text = dumps(event)
    return text.replace(f'"{BIG_MARK}"'.encode(), str(BEYOND_64_BITS).encode())


def _disturb(view: AccountView, event: dict[str, Any], row: int) -> None:
    timeline, attributes = view.world.timeline, event["attributes"]
    kind, ts = int(timeline.kind[row]), int(timeline.ts[row])
    coarse = int(view.faults.get("same_second"))
    if coarse > 1:
        attributes["timestamp"] = ts // coarse * coarse
        attributes["datetime"] = iso(ts // coarse * coarse)
    owner = int(timeline.profile[row])
    if view.faults.get("merged_profiles"):
        event["relationships"]["profile"]["data"]["id"] = view.profile_ids[view.merges().owner(owner, ts)]
    properties = attributes["event_properties"]
    if kind in (Kind.PLACED, Kind.PLACED_TWICE):
        if view.faults.get("big_ints"):
            properties["checkout_number"] = BIG_MARK
        if view.faults.get("unsettled_days") and bool(view.unsettled()[int(timeline.ref[row])]):
            event["relationships"]["attributions"]["data"] = []
    if kind == Kind.REFUNDED and view.negative(ts) and "$value" in properties:
        properties["$value"] = -abs(properties["$value"])


def _included(view: AccountView, query: Query, page: Ints) -> Iterable[bytes]:
    timeline = view.world.timeline
    if "metric" in query.include:
        for kind in np.unique(timeline.kind[page]).tolist():
            yield dumps(sparse(query, view.metric(kind)))
    if "profile" in query.include:
        owners = timeline.profile[page].astype(np.int64)
        if view.faults.get("merged_profiles"):
            owners = view.merges().owners(owners, timeline.ts[page])
        present = np.unique(owners)
        gone = view.gone()
        there = present[~gone[present]].tolist()
        if "profile" in query.fields:
            yield from (dumps(sparse(query, view.profile(number))) for number in there)
        elif there:
            yield view.profiles_json(there)
    if "attributions" in query.include:
        if view.faults.get("unsettled_days"):
            placed = timeline.kind[page] == Kind.PLACED
            hidden = np.zeros(len(page), dtype=bool)
            hidden[placed] = view.unsettled()[timeline.ref[page[placed]]]
            page = page[~hidden]
        text = view.attributions.joined(np.unique(page))
        if text:
            yield text


def sparse(query: Query, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource with only the attributes that `fields[type]` names; a dotted name keeps one member."""
    wanted = query.fields.get(resource["type"])
    if wanted is None:
        return resource
    kept: dict[str, Any] = {}
    for name in wanted:
        head, _, tail = name.partition(".")
        value = resource["attributes"].get(head)
        if tail and isinstance(value, dict):
            kept.setdefault(head, {})[tail] = value.get(tail)
        elif head in resource["attributes"]:
            kept[head] = value
    return {**resource, "attributes": kept}
