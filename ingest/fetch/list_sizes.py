"""How many members each list has, once a day.

Klaviyo's reports tell the sizes of segments only. A list tells its own when it is asked for alone, and of such requests
15 a minute are allowed: a run asks for so many, those first that were asked longest ago, and the next run goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from ingest.fetch.context import Context
from ingest.fetch.entities import Row
from ingest.fetch.plan import LIST_SIZES
from ingest.fetch.walks import Gathered
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import PAGE, RESOURCE, Page
from ingest.klaviyo.errors import NotFound
from ingest.spool import Reject

# What Klaviyo allows in a minute: no run waits longer for sizes.
MOST: Final = endpoints.LIST_SIZE.tier.steady


class _Attributes(msgspec.Struct):
    profile_count: int


class _List(msgspec.Struct):
    attributes: _Attributes


class _Answer(msgspec.Struct):
    data: _List


_ANSWER = msgspec.json.Decoder(_Answer)


async def fetch_list_sizes(context: Context) -> None:
    """Sizes of lists that have none yet on this day of the account. Raises KlaviyoError."""
    day = context.now().astimezone(ZoneInfo(context.timezone)).date()
    today = day.isoformat()
    known: dict[str, str] = context.plan.cursor(LIST_SIZES).get("days", {})
    days = {id: known.get(id, "") for id in await _lists(context)}
    asked = due(days, today)
    if not asked:
        return
    found = Gathered(context, LIST_SIZES)
    for id in asked:
        days[id] = today
        try:
            body = await context.client.get(endpoints.LIST_SIZE, _kept, id=id, params=_ASKED)
        except NotFound as error:
            found.rejects.append(Reject(f"{endpoints.LIST_SIZE.path} {id}", str(error)))
            continue
        found.raw.add(endpoints.LIST_SIZE.path, body)
        context.took(LIST_SIZES, 1)
        try:
            members = _ANSWER.decode(body).data.attributes.profile_count
        except msgspec.ValidationError as error:
            found.rejects.append(Reject(f"{endpoints.LIST_SIZE.path} {id}", str(error)))
            continue
        row: Row = {"list_id": id, "date": day, "members": members, "updated_at": datetime.now(UTC)}
        found.tables[LIST_SIZES].append(row)
    await found.write({"days": days})


_ASKED: Final[dict[str, str | int]] = {"additional-fields[list]": "profile_count"}


def due(days: Mapping[str, str], today: str, most: int = MOST) -> list[str]:
    """The lists that a run asks for, of each list and the day on which it was asked last ('' never): those first that
    were asked longest ago, at most so many, none twice a day."""
    return sorted((id for id, told in days.items() if told != today), key=lambda id: (days[id], id))[:most]


def _kept(body: bytes) -> bytes:
    """The body, where it is JSON: one that was cut is asked for again."""
    msgspec.json.decode(body)
    return body


async def _lists(context: Context) -> list[str]:
    """Ids of the account's lists. Those that this run has read already are not asked for again."""
    if "lists" in context.finished:
        await context.finished["lists"].wait()
    if context.lists:
        return context.lists
    found: list[str] = []
    link: str | None = None
    while True:
        page: Page = await context.client.get(
            endpoints.LISTS, PAGE.decode, params=None if link else {"page[size]": 10}, link=link
        )
        found += [RESOURCE.decode(raw).id for raw in page.data]
        link = page.links.next
        if not link:
            return found
