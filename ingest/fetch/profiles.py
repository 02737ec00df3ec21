"""Profiles by `updated`: the first walk in spans side by side, later ones from where the last came to.

`updated` knows only greater-than and less-than: a span starts one second before its own start, so that no second falls
between two spans.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import msgspec

from ingest.fetch.columns import ProfileColumns
from ingest.fetch.context import Context
from ingest.fetch.plan import Position, Slice
from ingest.klaviyo.bodies import PAGE, PROFILE, PROFILE_ATTRIBUTES, ReadPage, instant, read_page
from ingest.klaviyo.endpoints import PREDICTED_PROFILES, PROFILES
from ingest.klaviyo.errors import RequestRefused, ServerFailed
from ingest.spool import CursorMove, Reject

RESOURCE = "profiles"
PAGE_SIZE = 100
SPANS = 24
SIDE_BY_SIDE = 8
CHUNK_PAGES = 100
# The last walk ended at our clock's time, which may be ahead of Klaviyo's.
OVERLAP = timedelta(hours=1)


class _Batch:
    def __init__(self, context: Context) -> None:
        self.columns = ProfileColumns()
        self.raw = context.writer.raw()
        self.rejects: list[Reject] = []
        self.moves: dict[str, CursorMove] = {}
        self.pages = 0
        self.since = monotonic()


async def fetch_profiles(context: Context) -> None:
    """All profiles changed since the last finished walk. Raises KlaviyoError."""
    plan = context.plan
    cursor = plan.cursor(RESOURCE)
    walk = cursor.get("walk")
    until = instant(walk["until"]) if walk else plan.now
    assert until is not None
    last = instant(cursor.get("updated"))
    since = instant(walk["since"]) if walk else last and last - OVERLAP
    if (since is None or plan.full) and not walk:
        since = await _first_updated(context)
        if since is None:
            await context.writer.write(RESOURCE, {}, [CursorMove(RESOURCE, "", {}, watermark=until)])
            return
    assert since is not None
    since = since.replace(microsecond=0)
    told = {"walk": {"since": since.isoformat(), "until": until.isoformat()}}
    resumed = cursor == told
    spans = _spans(since, until)
    todo = [
        (span, msgspec.convert(plan.cursor(RESOURCE, span.partition) if resumed else {}, Position))
        for span in reversed(spans)
    ]
    todo = [(span, position) for span, position in todo if not position.done]
    batch = _Batch(context)
    batch.moves[""] = CursorMove(RESOURCE, "", told, forget=not resumed)
    turn = asyncio.Lock()

    async def flush() -> None:
        nonlocal batch
        if batch.pages == 0 and not batch.moves:
            return
        full, batch = batch, _Batch(context)
        tables = {"profiles": full.columns.table(), "raw_api_responses": full.raw.table()}
        await context.writer.write(RESOURCE, tables, list(full.moves.values()), rejects=full.rejects)

    async def take(span: Slice, answer: ReadPage) -> Position:
        batch.columns.add_page(answer.page, batch.rejects)
        batch.raw.add(PROFILES.path, answer.body)
        link = answer.page.links.next
        position = Position(next=link or "", at=_last_updated(answer), done=not link)
        batch.moves[span.partition] = CursorMove(RESOURCE, span.partition, msgspec.to_builtins(position))
        batch.pages += 1
        context.took(RESOURCE, len(answer.page.data))
        # One writer at a time, in the order of the pages: a cursor never passes rows that are not durable.
        async with turn:
            if batch.pages >= CHUNK_PAGES or monotonic() - batch.since > 2 * plan.chunk_seconds:
                await flush()
        return position

    async def worker() -> None:
        while todo:
            span, position = todo.pop(0)
            await _span(context, span, position, take)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(SIDE_BY_SIDE, len(todo))):
            group.create_task(worker())
    await flush()
    done: dict[str, Any] = {"updated": until.isoformat()}
    await context.writer.write(RESOURCE, {}, [CursorMove(RESOURCE, "", done, watermark=until, forget=True)])


async def _span(context: Context, span: Slice, position: Position, take: Any) -> None:
    link, start, resumed = position.next, span.start, bool(position.next)
    at = position.at
    while True:
        predicted = context.predictions
        low, high = start - timedelta(seconds=1), span.end
        query: dict[str, str | int] = {
            "filter": f"greater-than(updated,{low:%Y-%m-%dT%H:%M:%SZ}),less-than(updated,{high:%Y-%m-%dT%H:%M:%SZ})",
            "sort": "updated",
            "page[size]": PAGE_SIZE,
            "additional-fields[profile]": "subscriptions,predictive_analytics" if predicted else "subscriptions",
        }
        where = PREDICTED_PROFILES if predicted else PROFILES
        try:
            answer = await context.client.get(where, read_page, link=link or None, params=None if link else query)
        except ServerFailed as error:
            if not predicted:
                raise
            # Klaviyo's predictions are a service of their own, which may be down alone.
            link, resumed = "", False
            start = max(span.start, (at or span.start).replace(microsecond=0))
            await _without_predictions(context, error)
            continue
        except RequestRefused as error:
            if not resumed or error.status not in (400, 404, 410):
                raise
            link, resumed = "", False
            start = max(span.start, (position.at or span.start).replace(microsecond=0))
            continue
        resumed = False
        after = await take(span, answer)
        if after.done:
            return
        link, at = after.next, after.at or at


async def _without_predictions(context: Context, error: ServerFailed) -> None:
    if context.predictions:
        context.predictions = False
        note = f"Profiles come without Klaviyo's predictions this time: {error.told()}"
        await context.writer.write(RESOURCE, {}, notes=[note])


def _spans(since: datetime, until: datetime) -> list[Slice]:
    """[since, until) in equal parts; a short stretch, as of an incremental walk, is one."""
    until = until.replace(microsecond=0) + timedelta(seconds=1)
    length = until - since
    parts = SPANS if length > timedelta(days=3) else 1
    step = timedelta(seconds=max(1, int(length.total_seconds() // parts)))
    found: list[Slice] = []
    low = since
    while low < until:
        high = until if len(found) == parts - 1 else min(until, low + step)
        found.append(Slice(low, high))
        low = high
    return found


async def _first_updated(context: Context) -> datetime | None:
    page = await context.client.get(PROFILES, PAGE.decode, params={"sort": "updated", "page[size]": 1})
    if not page.data:
        return None
    first = PROFILE_ATTRIBUTES.decode(PROFILE.decode(page.data[0]).attributes)
    return instant(first.updated)


def _last_updated(answer: ReadPage) -> datetime | None:
    if not answer.page.data:
        return None
    try:
        return instant(PROFILE_ATTRIBUTES.decode(PROFILE.decode(answer.page.data[-1]).attributes).updated)
    except (msgspec.MsgspecError, ValueError):
        return None
