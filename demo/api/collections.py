"""Serving lists of resources: filter, sort, page, include, sparse fields. Small resources are built anew each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from demo.api.contract import Operation
from demo.api.errors import ApiError
from demo.api.events import sparse
from demo.api.filters import matches
from demo.api.query import Query
from demo.world.cards import dumps

Resource = dict[str, Any]
Special = dict[str, Callable[[Resource], Any]]


def _value(resource: Resource, field: str, special: Special, moment: bool) -> Any:
    if field in special:
        return special[field](resource)
    if field in ("id", "ids"):
        return resource["id"]
    found: Any = resource["attributes"]
    for part in field.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    if moment and isinstance(found, str):
        return datetime.fromisoformat(found).timestamp()
    return found


def offset_of(query: Query) -> int:
    """The place at which a page of a list begins."""
    if query.cursor is None:
        return 0
    if not query.cursor.isdigit():
        raise ApiError(400, "The cursor is not valid for this request.", parameter="page[cursor]")
    return int(query.cursor)


def page_links(query: Query, start: int, size: int, total: int) -> dict[str, str | None]:
    return {
        "self": query.own(),
        "next": query.url(str(start + size)) if start + size < total else None,
        "prev": query.url(str(max(start - size, 0))) if start > 0 else None,
    }


def unique(resources: Iterable[Resource]) -> list[Resource]:
    """Each (type, id) once."""
    found = {(resource["type"], resource["id"]): resource for resource in resources}
    return list(found.values())


def collection(
    operation: Operation,
    query: Query,
    resources: list[Resource],
    special: Special | None = None,
    include: Callable[[list[Resource]], Iterable[Resource]] | None = None,
    page_size: int | None = None,
) -> bytes:
    """A page of resources that match the query. `page_size` where the operation has no page[size]."""
    extra = special or {}
    for condition in query.filters:
        moment = operation.filters[condition.field].type == "date-time"
        resources = [r for r in resources if matches(condition, _value(r, condition.field, extra, moment))]
    if query.sort:
        name = query.sort.lstrip("-")
        resources = sorted(
            resources,
            key=lambda r: ((v := _value(r, name, extra, False)) is not None, v if v is not None else "", r["id"]),
            reverse=query.sort.startswith("-"),
        )
    size = query.size or page_size or max(len(resources), 1)
    start = offset_of(query)
    page = resources[start : start + size]
    body: Resource = {
        "data": [sparse(query, resource) for resource in page],
        "links": page_links(query, start, size, len(resources)),
    }
    if query.include and include is not None:
        body["included"] = [sparse(query, resource) for resource in unique(include(page))]
    return dumps(body)


def single(query: Query, resource: Resource, included: Iterable[Resource] | None = None) -> bytes:
    body: Resource = {"data": sparse(query, resource), "links": {"self": query.own()}}
    if query.include and included is not None:
        body["included"] = [sparse(query, entry) for entry in unique(included)]
    return dumps(body)


def missing(kind: str, key: str) -> ApiError:
    return ApiError(404, f"A {kind} with id {key} does not exist.")
