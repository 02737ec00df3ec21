"""`python -m ingest.fetch`: one run of the fetch process. Plan on standard input, progress as JSON lines on the output.

The input stays open while the starter lives: its end means that the starter is gone, and the process ends at once. The
line `cancel` ends it in order: nothing more is asked for, and what is being written is finished. An access token that
ends is asked of the starter on the output, and comes as a line of JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import msgspec

from ingest.fetch import entities, walks
from ingest.fetch.context import Context
from ingest.fetch.events import fetch_events
from ingest.fetch.list_sizes import fetch_list_sizes
from ingest.fetch.memberships import fetch_memberships
from ingest.fetch.plan import REPORTS, FetchPlan
from ingest.fetch.profiles import fetch_profiles
from ingest.fetch.renewal import Renewal, TokenAnswer
from ingest.fetch.reports import fetch_reports
from ingest.fetch.writer import ChunkWriter
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import PAGE
from ingest.klaviyo.client import KlaviyoClient
from ingest.klaviyo.errors import AuthenticationFailed, DailyQuotaReached, KlaviyoError, PermissionMissing
from ingest.spool import CursorMove, SpoolFull

EXIT_PARENT_GONE = 3
EXIT_BAD_PLAN = 4

WALKS: dict[str, Callable[[Context], Awaitable[None]]] = {
    "events": fetch_events,
    "profiles": fetch_profiles,
    "campaigns": walks.fetch_campaigns,
    "flows": walks.fetch_flows,
    "lists": walks.fetch_lists,
    "list_sizes": fetch_list_sizes,
    "segments": walks.fetch_segments,
    "memberships": fetch_memberships,
    "forms": walks.fetch_forms,
    "tags": walks.fetch_tags,
    "catalog": walks.fetch_catalog,
}

_print_lock = threading.Lock()


def tell(message: dict[str, object]) -> None:
    """One line for the starter. Raises nothing where it no longer listens: the end of the input will say so."""
    with _print_lock, contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
        sys.stdout.buffer.flush()


def _ask_for_token(refused: bool) -> None:
    tell({"event": "token", "refused": refused})


async def run(plan: FetchPlan, cancelled: asyncio.Event, renewal: Renewal | None = None) -> None:
    """Fetches what the plan says, all resources side by side. Never raises for Klaviyo's sake: what failed is told."""
    async with KlaviyoClient(plan.connection(), renew=renewal.renew if renewal else None) as client:
        writer = ChunkWriter(plan, client.requests)
        loop = asyncio.get_running_loop()
        context = Context(plan, client, writer, tell, plan.timezone, loop.create_future(), predictions=plan.predictions)
        work = asyncio.create_task(_all(context))
        ahead = (
            asyncio.create_task(renewal.ahead(context.now, timedelta(seconds=plan.renew_ahead), client.use_key))
            if renewal
            else None
        )
        stop = asyncio.create_task(cancelled.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        if ahead is not None:
            ahead.cancel()
        outcome: dict[str, str] = {}
        notes: list[str] = []
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
            state = "cancelled"
        else:
            stop.cancel()
            try:
                outcome, notes = work.result()
                state = "failed" if outcome else "done"
            except AuthenticationFailed as error:
                state, outcome = "failed", {"account": error.told()}
            except (KlaviyoError, SpoolFull, OSError) as error:
                state, outcome = "failed", {"fetch": error.told() if isinstance(error, KlaviyoError) else str(error)}
        with contextlib.suppress(SpoolFull, OSError):
            failed = [f"{resource} failed: {text}" for resource, text in outcome.items()]
            await writer.write("end", {}, notes=failed, last=True)
        tell({"event": "end", "state": state, "failed": outcome, "notes": notes, "requests": dict(client.requests)})


async def _all(context: Context) -> tuple[dict[str, str], list[str]]:
    """What failed by resource, and notes on what was left out."""
    await _account(context)
    chosen = [name for name in WALKS if name in context.plan.resources]
    reports = list(REPORTS) if "reports" in context.plan.resources else []
    context.finished = {name: asyncio.Event() for name in chosen}
    failed: dict[str, str] = {}
    notes: list[str] = []

    async def one(resource: str, walk: Callable[[Context], Awaitable[None]]) -> None:
        try:
            await walk(context)
        except PermissionMissing as error:
            notes.append(f"{resource} is left out: {error.told()}")
            await context.writer.write(resource, {}, notes=notes[-1:])
        except DailyQuotaReached as error:
            retry_at = context.now().timestamp() + error.retry_after
            notes.append(f"{resource} is put off: {error.told()}")
            move = CursorMove(resource, "quota", {"retry_at": retry_at})
            await context.writer.write(resource, {}, [move], notes=notes[-1:])
        except AuthenticationFailed:
            raise
        except KlaviyoError as error:
            failed[resource] = error.told()
        finally:
            if resource in context.finished:
                context.finished[resource].set()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(one("metrics", walks.fetch_metrics))
            for name in chosen:
                group.create_task(one(name, WALKS[name]))
            for report in reports:
                group.create_task(one(report, partial(fetch_reports, report=report)))
    except* AuthenticationFailed as group_error:
        raise _first(group_error) from None
    except* (SpoolFull, OSError) as group_error:
        raise _first(group_error) from None
    return failed, notes


async def _account(context: Context) -> None:
    """The account's timezone, currency and names, once a run: every report depends on them."""
    found = walks.Gathered(context, "account")
    page = await context.client.get(endpoints.ACCOUNTS, PAGE.decode)
    rows = entities.read(page.data, endpoints.ACCOUNTS.path, entities.account_row, found.rejects)
    own = [row for row in rows if row["account_id"] == context.plan.account]
    if not own:
        told = ", ".join(str(row["account_id"]) for row in rows) or "no account"
        raise AuthenticationFailed(
            f"the key belongs to {told}, not to {context.plan.account}", endpoint="/api/accounts"
        )
    context.timezone = str(own[0]["timezone"])
    found.tables["account"] = own
    await found.write()


def _first(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _listen(loop: asyncio.AbstractEventLoop, cancelled: asyncio.Event, renewal: Renewal | None) -> None:
    for line in sys.stdin.buffer:
        if line.strip() == b"cancel":
            loop.call_soon_threadsafe(cancelled.set)
        elif renewal is not None:
            loop.call_soon_threadsafe(renewal.deliver, msgspec.json.decode(line, type=TokenAnswer))
    os._exit(EXIT_PARENT_GONE)


def main() -> None:
    # A page is thousands of objects and no cycle: the collector's default would walk them again and again.
    gc.set_threshold(200_000, 50, 100)
    line = sys.stdin.buffer.readline()
    try:
        plan = msgspec.json.decode(line, type=FetchPlan)
    except msgspec.MsgspecError as error:
        # The place in the plan, never the plan: it holds the key.
        tell({"event": "end", "state": "failed", "failed": {"fetch": f"the plan cannot be read: {error}"}})
        raise SystemExit(EXIT_BAD_PLAN) from None

    async def start() -> None:
        cancelled = asyncio.Event()
        renewal = Renewal(plan.api_key, plan.expires_at, _ask_for_token) if plan.renewable else None
        listening = (asyncio.get_running_loop(), cancelled, renewal)
        threading.Thread(target=_listen, args=listening, daemon=True).start()
        await run(plan, cancelled, renewal)

    asyncio.run(start())
    # The listening thread still waits for input: do not wait for it.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
