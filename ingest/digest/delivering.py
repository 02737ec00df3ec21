"""The digest by the clock: each due moment of a store is served once, to each person once, whoever does it.

What was sent is noted in the work's own row, each step before and after it is taken. A person to whom it was being sent
when a process died may have it already: they are not sent it again, and it is said.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from analytics.account import Account, AccountSettings
from analytics.audit import Action
from data_access import schedule
from data_access.queries.accounts import accounts
from data_access.queries.rfm import masked
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note_apart
from ingest.digest.content import WEEKLY, compose
from ingest.digest.sending import NotSent, mark_of, message, send
from ingest.errors import UnknownAccount
from ingest.schedule.context import Context, Outcome
from ingest.schedule.rhythm import Rhythm
from settings import Settings

NAME: Final = "digest"
USUAL_HOUR: Final = 7
# Later than this nobody waits for it any more; the next one comes.
TOO_LATE: Final = timedelta(hours=20)


def rhythm_of(chosen: AccountSettings) -> Rhythm | None:
    """When the digest is due by the account's clock; None where none is asked for."""
    if chosen.digest_rhythm is None or not chosen.digest_addresses:
        return None
    hour = USUAL_HOUR if chosen.digest_hour is None else chosen.digest_hour
    return Rhythm(at=time(hour), weekday=(chosen.digest_weekday or 1) if chosen.digest_rhythm == WEEKLY else None)


def by_the_clock(context: Context) -> Outcome:
    """Sends what is due. Raises StoreError, NotPermitted, IngestError."""
    now = context.clock()
    account = _account(context.stores, context.scope, context.account)
    with context.stores.operational.read() as session:
        held = schedule.last_found(session, context.account, NAME)
    state = dict(held.result) if held is not None else {}
    before, rhythm = state.get("looked"), rhythm_of(account.settings)
    state["looked"] = now.isoformat()
    if rhythm is None:
        return Outcome("done", "No digest is asked for.", state | {"open": False, "problem": ""})
    due = rhythm.latest(now, account.zone)
    day = due.astimezone(account.zone).date().isoformat()
    if before is not None and due > datetime.fromisoformat(before) and day != state.get("day"):
        state |= {"day": day, "due": due.isoformat(), "sent": [], "refused": [], "unsure": [], "trying": ""}
        state |= {"open": True, "problem": ""}
    if not state.get("open"):
        problem = state.get("problem") or ""
        return Outcome("failed" if problem else "done", problem or _next(rhythm, now, account.zone), state)
    if now - datetime.fromisoformat(state["due"]) > TOO_LATE:
        state |= {"open": False, "problem": f"The digest of {state['day']} could not be sent in time."}
        return Outcome("failed", state["problem"], state)
    return _deliver(context, account, state, now)


def send_now(
    stores: Stores, scope: Scope, settings: Settings, account: str, now: datetime, *, test: bool = False
) -> list[str]:
    """Sends the digest to its recipients at once, beside the clock; to whom. Raises NotPermitted, NotSent, IngestError,
    StoreError."""
    scope.require(Right.SETTINGS, account)
    chosen = _account(stores, scope, account).settings
    if not chosen.digest_addresses:
        said = "Nobody is named to send the digest to: name somebody on the page Settings."
        raise NotSent(said, again=False, whole=True)
    digest = compose(stores, scope, settings, account, chosen.digest_rhythm or "daily", now)
    for address in chosen.digest_addresses:
        send(message(digest, settings, address, now, test=test), settings)
    _note_sent(stores, scope, account, len(chosen.digest_addresses), test=test)
    return list(chosen.digest_addresses)


def _note_sent(stores: Stores, scope: Scope, account: str, people: int, *, test: bool = False) -> None:
    """Notes that a store's figures went out by mail, to how many. Raises StoreError."""
    told = {"recipients": people, "test": test}
    note_apart(stores.operational, scope.person, Action.DIGEST_SEND, "digest", account=account, after=told)


def _deliver(context: Context, account: Account, state: dict[str, Any], now: datetime) -> Outcome:
    """Sends to whom it was not sent yet; each is noted before and after."""
    if state["trying"]:
        state |= {"unsure": [*state["unsure"], state["trying"]], "trying": ""}
    digest = compose(
        context.stores, context.scope, context.settings, context.account, account.settings.digest_rhythm or "daily", now
    )
    later: list[str] = []
    already = len(state["sent"])
    for address in account.settings.digest_addresses:
        mark = mark_of(address)
        if mark in {*state["sent"], *state["refused"], *state["unsure"]}:
            continue
        if context.stopping():
            return Outcome("waiting", "Broken off when the program ended.", state)
        state["trying"] = mark
        _note(context, state)
        try:
            send(message(digest, context.settings, address, now), context.settings)
        except NotSent as reason:
            state["trying"] = ""
            if reason.again or reason.whole:
                later.append(_said(reason, address))
                if reason.whole:
                    break
            else:
                state["refused"] = [*state["refused"], mark]
                state["problem"] = f"The digest was refused for good: {_said(reason, address)}"
        else:
            state |= {"trying": "", "sent": [*state["sent"], mark]}
        _note(context, state)
    if len(state["sent"]) > already:
        _note_sent(context.stores, context.scope, context.account, len(state["sent"]) - already)
    if later:
        return Outcome("failed", f"The digest waits to be sent: {later[0]}", state)
    state["open"] = False
    if state["unsure"] and not state["problem"]:
        state["problem"] = (
            f"The program ended while the digest went to {len(state['unsure'])} of the recipients: whether it arrived"
            " is not known, and it is not sent twice."
        )
    said = f"Sent to {len(state['sent'])} of {len(account.settings.digest_addresses)}."
    return Outcome("failed" if state["problem"] else "done", state["problem"] or said, state)


def _said(reason: NotSent, address: str) -> str:
    """Why, for the pages Jobs and Health and for logs: whoever reads them need not see whom the digest goes to."""
    return re.sub(re.escape(address), lambda _: masked(address), str(reason), flags=re.IGNORECASE)


def _note(context: Context, state: dict[str, Any]) -> None:
    schedule.note(context.stores.operational, context.account, NAME, state)


def _account(stores: Stores, scope: Scope, account: str) -> Account:
    for found in accounts(stores, scope):
        if found.public_id == account:
            return found
    raise UnknownAccount(f"There is no store '{account}'.")


def _next(rhythm: Rhythm, now: datetime, zone: ZoneInfo) -> str:
    return f"The next one is due at {rhythm.following(now, zone).astimezone(zone):%d %b %Y %H:%M}."
