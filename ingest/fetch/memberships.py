"""Who is in the segments that somebody picked: a snapshot of each, once a week.

Klaviyo tells who joined a segment and when, never who left: only a whole snapshot shows both. A snapshot is written
when it is complete, so that none is ever half a segment.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from ingest.fetch.columns import to_instants
from ingest.fetch.context import Context
from ingest.fetch.plan import MEMBERSHIPS
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import PAGE, RESOURCE, Page
from ingest.klaviyo.errors import NotFound
from ingest.spool import CursorMove, Reject

PAGE_SIZE = 100
PLACE = endpoints.SEGMENT_PROFILES.path


class _Member(msgspec.Struct, gc=False):
    joined_group_at: str | None = None


class _Profile(msgspec.Struct, gc=False):
    id: str
    attributes: _Member = msgspec.field(default_factory=_Member)


_PROFILE = msgspec.json.Decoder(_Profile)


async def fetch_memberships(context: Context) -> None:
    """Snapshots of the picked segments that have none yet in this week of the account. Raises KlaviyoError."""
    plan = context.plan
    if not plan.segments:
        return
    today = context.now().astimezone(ZoneInfo(context.timezone)).date()
    week = (today - timedelta(days=today.weekday())).isoformat()
    names = await _segments(context)
    wanted = {text.casefold() for text in plan.segments}
    picked = [id for id, name in names.items() if id.casefold() in wanted or name.casefold() in wanted]
    known = {id.casefold() for id in names} | {name.casefold() for name in names.values()}
    missing = [text for text in plan.segments if text.casefold() not in known]
    if missing:
        note = f"SYNC_SEGMENTS names no segment of this account: {', '.join(missing)}."
        await context.writer.write(MEMBERSHIPS, {}, notes=[note])
    for id in picked:
        if plan.cursor(MEMBERSHIPS, id).get("week") != week or plan.full:
            await _snapshot(context, id, today, week)


async def _snapshot(context: Context, segment: str, day: date, week: str) -> None:
    ids: list[pa.Array] = []
    joined: list[pa.Array] = []
    rejects: list[Reject] = []
    query: dict[str, str | int] = {"fields[profile]": "joined_group_at", "page[size]": PAGE_SIZE}
    link: str | None = None
    try:
        while True:
            page: Page = await context.client.get(
                endpoints.SEGMENT_PROFILES, PAGE.decode, id=segment, params=None if link else query, link=link
            )
            members = list(_members(page, segment, rejects))
            instants, unreadable = to_instants([member.attributes.joined_group_at for member in members])
            rejects += [
                Reject(f"{PLACE} {segment} {members[place].id}", "kept, but joined_group_at is no instant")
                for place in unreadable
            ]
            ids.append(pa.array([member.id for member in members], pa.string()))
            joined.append(instants)
            context.took(MEMBERSHIPS, len(members))
            link = page.links.next
            if not link:
                break
    except NotFound as error:
        rejects = [Reject(f"{PLACE} {segment}", str(error))]
        await context.writer.write(MEMBERSHIPS, {}, rejects=rejects)
        return
    profiles = pa.chunked_array(ids)
    table = pa.table(
        {
            "segment_id": pa.array([segment] * len(profiles), pa.string()),
            "snapshot_date": pa.array([day] * len(profiles), pa.date32()),
            "profile_id": profiles,
            "joined_at": pa.chunked_array(joined),
        }
    )
    window = {"start": day.isoformat(), "end": day.isoformat()}
    move = CursorMove(MEMBERSHIPS, segment, {"week": week})
    await context.writer.write(MEMBERSHIPS, {MEMBERSHIPS: table}, [move], rejects=rejects, window=window)


def _members(page: Page, segment: str, rejects: list[Reject]) -> Any:
    for position, raw in enumerate(page.data):
        try:
            yield _PROFILE.decode(raw)
        except msgspec.MsgspecError as error:
            rejects.append(Reject(f"{PLACE} {segment} #{position + 1} of its page", str(error)))


async def _segments(context: Context) -> dict[str, str]:
    """The account's segments: id → name. Those that this run has read already are not asked for again."""
    if "segments" in context.finished:
        await context.finished["segments"].wait()
    if context.segments:
        return context.segments
    found: dict[str, str] = {}
    link: str | None = None
    while True:
        page: Page = await context.client.get(
            endpoints.SEGMENTS, PAGE.decode, params=None if link else {"page[size]": 10}, link=link
        )
        for raw in page.data:
            segment = RESOURCE.decode(raw)
            found[segment.id] = str(segment.attributes.get("name") or "")
        link = page.links.next
        if not link:
            return found
