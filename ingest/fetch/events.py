"""Events: slices of seven days side by side, the pages of a slice one after the other, many pages a chunk.

Sorted by datetime, a slice's position is Klaviyo's next link; should that be refused after an interruption, the slice
goes on at the second of the last event taken, which is read again. Nothing depends on pages not overlapping: the load
takes each event once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ingest.fetch.columns import EventColumns
from ingest.fetch.context import Context
from ingest.fetch.plan import EVERY, Position, Slice, Walk, slices
from ingest.fetch.writer import RawResponses, envelope
from ingest.klaviyo.bodies import EVENT, PAGE, Page, ReadPage, instant, read_page
from ingest.klaviyo.endpoints import EVENTS
from ingest.klaviyo.errors import RequestRefused
from ingest.spool import CursorMove

RESOURCE = "events"


class EventSink:
    """Gathers pages into chunks. At most `batch_pages` pages are asked for and not yet durable at any time: that bounds
    memory, and what an interrupted run asks for again."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._permits = asyncio.Semaphore(context.plan.batch_pages)
        self._writes: set[asyncio.Task[None]] = set()
        self._moves: dict[str, CursorMove] = {}
        self._order = asyncio.Lock()
        self._broken = False
        self._columns = EventColumns(context.seen_profiles)
        self._begin()

    def _begin(self) -> None:
        self._columns = EventColumns(self._context.seen_profiles, self._columns.next_delivery)
        self._raw: RawResponses = self._context.writer.raw()
        self._pages = 0
        self._since = monotonic()

    async def permit(self) -> None:
        """Waits until one more page may be asked for."""
        await self._permits.acquire()

    def give_back(self) -> None:
        """The page that was permitted did not come."""
        self._permits.release()

    def move(self, partition: str, cursor: dict[str, Any], *, forget: bool = False) -> None:
        """A cursor to be committed with the next chunk."""
        self._moves[partition] = CursorMove(RESOURCE, partition, cursor, forget=forget)

    def add(self, span: Slice, answer: ReadPage) -> Position:
        """Takes a page in; where the slice stands afterwards."""
        page = answer.page
        before = len(self._columns.ids)
        self._columns.add(page, answer.healed)
        position = Position(next=page.links.next or "", at=self._last_instant(page), done=not page.links.next)
        self.move(span.partition, msgspec.to_builtins(position))
        self._keep_raw(page, answer.body)
        self._pages += 1
        self._context.took(RESOURCE, len(self._columns.ids) - before)
        if self._pages >= self._context.plan.chunk_pages:
            self._flush()
        return position

    def flush_if_old(self) -> None:
        """Writes a chunk that has waited long enough."""
        if (self._pages or self._moves) and monotonic() - self._since > self._context.plan.chunk_seconds:
            self._flush()

    async def drain(self) -> None:
        """Writes what is left and waits until all of it is durable."""
        self._flush()
        while self._writes:
            await asyncio.wait(self._writes)
            self.check()

    def check(self) -> None:
        """Raises what a write in the background raised."""
        for task in [t for t in self._writes if t.done()]:
            self._writes.discard(task)
            task.result()

    def _flush(self) -> None:
        if not self._pages and not self._moves:
            return
        columns, raw, pages, moves = self._columns, self._raw, self._pages, list(self._moves.values())
        self._moves = {}
        self._begin()
        self._writes.add(asyncio.create_task(self._write(columns, raw, pages, moves)))

    async def _write(self, columns: EventColumns, raw: RawResponses, pages: int, moves: list[CursorMove]) -> None:
        # In the order of the pages: a cursor must never be durable before the rows that it passes.
        async with self._order:
            if self._broken:
                return
            self._broken = True
            tables = await asyncio.to_thread(columns.tables)
            tables["raw_api_responses"] = raw.table()
            self._context.days_by_metric.update(await asyncio.to_thread(days_by_metric, tables["events"]))
            await self._context.writer.write(RESOURCE, tables, moves, rejects=columns.rejects)
            self._broken = False
        for _ in range(pages):
            self._permits.release()

    def _last_instant(self, page: Page) -> datetime | None:
        if not page.data:
            return None
        try:
            return instant(EVENT.decode(page.data[-1]).attributes.datetime)
        except (msgspec.MsgspecError, ValueError):
            return None

    def _keep_raw(self, page: Page, body: bytes) -> None:
        keep = self._context.plan.raw_responses
        if keep == "all":
            self._raw.add(EVENTS.path, body)
        elif keep == "envelope":
            ids = self._columns.ids[-len(page.data) :] if page.data else []
            first, last = (ids[0], ids[-1]) if ids else (None, None)
            self._raw.add(EVENTS.path, envelope(first, last, len(page.data), len(page.included), page.links.next))


def days_by_metric(events: pa.Table) -> dict[tuple[str, str], int]:
    """How many events each metric has on each UTC day (ISO 8601)."""
    days = pc.cast(events["timestamp"], pa.timestamp("us"))
    found = pa.table({"metric": events["metric_id"], "day": pc.cast(pc.floor_temporal(days, unit="day"), pa.date32())})
    counted = found.group_by(["metric", "day"]).aggregate([([], "count_all")])
    return {(row["metric"], row["day"].isoformat()): row["count_all"] for row in counted.to_pylist()}


async def fetch_events(context: Context) -> None:
    """All walks of the plan, one after the other. Raises KlaviyoError.

    Metrics that earlier walks left out are read from the start of the history before the walk that goes on.
    """
    sink = EventSink(context)
    covered = context.plan.covered
    for walk in context.plan.walks:
        if walk.metrics is not None:
            covered = await _walk(context, sink, walk, covered)
            continue
        chosen = await _chosen(context)
        left_out = [] if covered is None else await _left_out(context, chosen, covered)
        if left_out and walk.start is not None:
            earlier = Walk(end=walk.start, start=context.plan.history_start, metrics=left_out, adds=True)
            covered = await _walk(context, sink, earlier, covered)
        covered = await _walk(context, sink, msgspec.structs.replace(walk, metrics=chosen), covered)


async def _walk(context: Context, sink: EventSink, walk: Walk, covered: list[str] | None) -> list[str]:
    """Reads what the walk says; the metrics that the watermark speaks for afterwards."""
    plan = context.plan
    metrics = walk.metrics or []
    start = walk.start or (await _first_instant(context) if metrics else None)
    spans = [] if start is None else slices(start, walk.end, metrics)
    told = msgspec.to_builtins(msgspec.structs.replace(walk, start=start))
    resumed = plan.cursor(RESOURCE).get("walk") == told
    sink.move("", {"walk": told, "metrics": covered}, forget=not resumed)
    todo: asyncio.Queue[tuple[Slice, Position]] = asyncio.Queue()
    # Newest first: the days that people look at are there first.
    for span in reversed(spans):
        position = msgspec.convert(plan.cursor(RESOURCE, span.partition) if resumed else {}, Position)
        if not position.done:
            todo.put_nowait((span, position))

    async def worker() -> None:
        while not todo.empty():
            span, position = todo.get_nowait()
            await _slice(context, sink, span, position)
            context.share = min(1.0, context.share + 1 / (len(spans) * len(plan.walks)))

    await run_together([worker() for _ in range(min(plan.concurrency, todo.qsize()))], sink)
    await sink.drain()
    after = sorted({*(covered or []), *metrics}) if walk.adds else metrics
    watermark = None if walk.adds else walk.end
    await context.writer.write(
        RESOURCE, {}, [CursorMove(RESOURCE, "", {"metrics": after}, watermark=watermark, forget=True)]
    )
    return after


async def run_together(workers: list[Coroutine[Any, Any, None]], sink: EventSink) -> None:
    """Runs workers side by side, and the sink's clock beside them; the first error ends all and is raised."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.25)
            sink.check()
            sink.flush_if_old()

    clock = asyncio.create_task(tick())
    tasks = [asyncio.create_task(worker) for worker in workers]
    try:
        pending: set[asyncio.Task[None]] = {*tasks, clock}
        while pending - {clock}:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in (*tasks, clock):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, clock, return_exceptions=True)


async def _slice(context: Context, sink: EventSink, span: Slice, position: Position) -> None:
    link, start, resumed = position.next, span.start, bool(position.next)
    if not link and position.at is not None:
        start = max(start, position.at.replace(microsecond=0))
    while True:
        await sink.permit()
        try:
            answer = await context.client.get(
                EVENTS, read_page, link=link or None, params=None if link else _query(context, span, start)
            )
        except RequestRefused as error:
            sink.give_back()
            if not resumed or error.status not in (400, 404, 410):
                raise
            # The link kept from the interrupted run has expired: go on by the time of the last event.
            link, resumed = "", False
            start = max(span.start, (position.at or span.start).replace(microsecond=0))
            continue
        except BaseException:
            sink.give_back()
            raise
        resumed = False
        after = sink.add(span, answer)
        if after.done:
            return
        link = after.next


def _query(context: Context, span: Slice, start: datetime) -> dict[str, str | int]:
    times = f"greater-or-equal(datetime,{_bare(start)}),less-than(datetime,{_bare(span.end)})"
    return {
        "filter": f'equals(metric_id,"{span.metric_id}"),{times}' if span.metric_id else times,
        "sort": "datetime",
        "page[size]": context.plan.page_size,
        "include": "profile,attributions",
    }


def _bare(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _first_instant(context: Context) -> datetime | None:
    """The second of the account's oldest event, None where it has none."""
    query: Callable[[bytes], Page] = PAGE.decode
    page = await context.client.get(EVENTS, query, params={"sort": "datetime", "page[size]": 1})
    if not page.data:
        return None
    first = instant(EVENT.decode(page.data[0]).attributes.datetime)
    return None if first is None else first.replace(microsecond=0) - timedelta(seconds=1)


async def _chosen(context: Context) -> list[str]:
    """Ids of the metrics that the settings name, EVERY where they name none."""
    wanted = {name.lower() for name in context.plan.metric_names}
    if not wanted:
        return [EVERY]
    return sorted(metric.id for metric in await context.metrics if metric.name.lower() in wanted)


async def _left_out(context: Context, chosen: list[str], covered: list[str]) -> list[str]:
    """Those of the chosen metrics that the walks before did not read."""
    if EVERY in covered:
        return []
    wanted = {metric.id for metric in await context.metrics} if EVERY in chosen else set(chosen)
    return sorted(wanted - set(covered))
