"""What a store knows of an account's syncs, and the plan that a fetch process is given from it.

The same state is written beside the spool after each commit, so that a command line sync can fetch while the app holds
the embedded database: it holds cursors and the *encrypted* key, nothing that is secret by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from data_access.conversion import account_basis
from data_access.engines.base import Session
from data_access.secrets import decrypt
from data_access.writes.load_orders import FILES
from data_access.writes.load_progress import cursors, report_calls
from ingest import spool
from ingest.errors import UnknownAccount, UnknownResource
from ingest.fetch.plan import EVERY, REPORTS, RESOURCES, FetchPlan, Walk
from ingest.fetch.reports import ENDPOINTS
from ingest.klaviyo.client import BEARER, PRIVATE_KEY
from ingest.klaviyo.demo_keys import require_at_home
from ingest.report_plan import Quota, ReportPlan, ReportState, plan_reports
from settings import Settings

REPORT_HISTORY = timedelta(days=730)


class KnownCursor(msgspec.Struct):
    cursor: dict[str, Any] | None = None
    watermark: datetime | None = None


class KnownCalls(msgspec.Struct):
    calls: int
    last: datetime


class AccountState(msgspec.Struct, kw_only=True):
    """An account as far as fetching needs it. `cursors`: resource → partition."""

    account: str
    name: str
    timezone: str
    api_key_encrypted: str = ""
    oauth_token_encrypted: str = ""
    token_expires_at: datetime | None = None
    conversion_metric: str = ""
    cursors: dict[str, dict[str, KnownCursor]] = {}
    calls: dict[str, KnownCalls] = {}

    def __repr__(self) -> str:
        return f"AccountState({self.account!r})"


def read_state(session: Session, account: str, now: datetime) -> AccountState:
    """The account's state in the operational store. Raises UnknownAccount where there is none, or no key."""
    row = session.one("load/account_state", account=account)
    if row is None:
        raise UnknownAccount(f"There is no account {account}. Add it: promolens account add --api-key-stdin")
    held = session.one("load_orders/account", account=account)
    if held is not None and held["status"] == FILES:
        raise UnknownAccount(
            f"{row['name']} ({account}) is filled from files, there is nothing to sync: promolens load-orders FILE"
            f" --account {account}"
        )
    if not row["api_key_encrypted"] and not row["oauth_token_encrypted"] and not row["renewable"]:
        raise UnknownAccount(f"{row['name']} ({account}) has no key. Add it: promolens account add --api-key-stdin")
    return AccountState(
        account=account,
        name=row["name"],
        timezone=row["timezone"],
        api_key_encrypted=row["api_key_encrypted"] or "",
        oauth_token_encrypted="" if row["api_key_encrypted"] else row["oauth_token_encrypted"] or "",
        token_expires_at=None if row["api_key_encrypted"] else row["token_expires_at"],
        conversion_metric=account_basis(session, account).conversion_metric or "" if row["has_events"] else "",
        cursors=_known_cursors(session, account),
        calls=_known_calls(session, account, now),
    )


def read_report_states(session: Session, account: str, now: datetime) -> dict[str, ReportState]:
    """What is known of each of the account's reports, by its name."""
    calls = _known_calls(session, account, now)
    held = AccountState(account=account, name="", timezone="UTC", cursors=_known_cursors(session, account), calls=calls)
    return report_states(held)


def _known_cursors(session: Session, account: str) -> dict[str, dict[str, KnownCursor]]:
    return {
        resource: {name: KnownCursor(found.cursor, found.watermark) for name, found in partitions.items()}
        for resource, partitions in cursors(session, account).items()
    }


def _known_calls(session: Session, account: str, now: datetime) -> dict[str, KnownCalls]:
    return {name: KnownCalls(found.calls, found.last) for name, found in report_calls(session, account, now).items()}


def state_path(settings: Settings, account: str) -> Path:
    """Where the account's state waits for a command line sync."""
    return spool.job_folder(settings.spool_dir, account, "state").with_suffix(".json")


def write_state(settings: Settings, state: AccountState) -> None:
    """Puts the state beside the spool. Raises OSError."""
    path = state_path(settings, state.account)
    path.parent.mkdir(parents=True, exist_ok=True)
    spool.write_durably(path, msgspec.json.encode(state))


def states_on_disk(settings: Settings) -> list[AccountState]:
    """The states that the owner of the database left, of every account."""
    found = []
    for path in sorted(settings.spool_dir.glob("*/state.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=AccountState))
        except (msgspec.MsgspecError, OSError):
            continue  # the owner writes it anew with its next commit
    return found


def resources_of(only: Sequence[str] | None) -> list[str]:
    """The resources of a run. Raises UnknownResource."""
    unknown = sorted(set(only or ()) - set(RESOURCES))
    if unknown:
        raise UnknownResource(f"There is no resource {', '.join(unknown)}; there are: {', '.join(RESOURCES)}")
    return [name for name in RESOURCES if not only or name in only]


def build_plan(
    settings: Settings,
    state: AccountState,
    *,
    job: str,
    now: datetime,
    full: bool = False,
    only: Sequence[str] | None = None,
    by_person: bool = True,
    first_seq: int = 1,
    wait_for_room: bool = True,
) -> tuple[FetchPlan, list[str]]:
    """The plan of a run, and what is left out of it as sentences.

    Raises UnknownResource, KeyRefused, SecretUnreadable.
    """
    now = now.astimezone(UTC)
    resources = resources_of(only)
    key = decrypt(settings, state.api_key_encrypted or state.oauth_token_encrypted)
    require_at_home(settings, key)
    notes: list[str] = []
    for resource in list(resources):
        retry_at = _retry_at(state, resource)
        if retry_at is not None and now < retry_at:
            resources.remove(resource)
            notes.append(f"{resource}: Klaviyo's daily quota is used up; asked again after {retry_at:%d %b %H:%M} UTC.")
    reports = ReportPlan()
    if "reports" in resources:
        reports = _reports(settings, state, now, full, by_person)
        notes += reports.notes
    plan = FetchPlan(
        job=job,
        account=state.account,
        spool=str(settings.spool_dir.resolve()),
        api_key=key,
        scheme=PRIVATE_KEY if state.api_key_encrypted else BEARER,
        expires_at=state.token_expires_at,
        renew_ahead=settings.klaviyo_oauth_ahead_seconds,
        base_url=settings.klaviyo_base_url,
        revision=settings.klaviyo_revision,
        now=now,
        timezone=state.timezone,
        resources=resources,
        full=full,
        walks=_walks(settings, state, now, full) if "events" in resources else [],
        covered=None if full else _covered(state),
        history_start=_history_start(settings, now),
        metric_names=list(settings.metric_names),
        segments=list(settings.segment_names),
        predictions=settings.sync_predictions,
        cursors=_plain_cursors(state, full),
        reports=reports.windows,
        conversion_metric=state.conversion_metric,
        raw_responses=settings.raw_responses,
        timeout=settings.klaviyo_timeout_seconds,
        limits=settings.klaviyo_limits,
        concurrency=settings.klaviyo_concurrency,
        spool_max_bytes=settings.spool_max_mb * 2**20,
        wait_for_room=wait_for_room,
        first_seq=first_seq,
    )
    return plan, notes


def _walks(settings: Settings, state: AccountState, now: datetime, full: bool) -> list[Walk]:
    """What an interrupted walk left, then from the last complete walk's end on, with the overlap."""
    known = state.cursors.get("events", {}).get("", KnownCursor())
    walks: list[Walk] = []
    unfinished = (known.cursor or {}).get("walk")
    if unfinished and not full:
        walks.append(msgspec.convert(unfinished, Walk))
    covered = walks[0].end if walks and not walks[0].adds else known.watermark
    end = now.replace(microsecond=0) + timedelta(seconds=1)
    if covered is None or full:
        return [Walk(end=end, start=_history_start(settings, now))]
    # Klaviyo goes on attributing for days: what was young when it was read last is read again, however long ago.
    overlap = max(timedelta(hours=settings.sync_lookback_hours), timedelta(days=settings.sync_attribution_days))
    return [*walks, Walk(end=end, start=(min(covered, now) - overlap).replace(microsecond=0))]


def _covered(state: AccountState) -> list[str] | None:
    """Metrics that the watermark of the events speaks for; None before the first complete walk."""
    known = state.cursors.get("events", {}).get("", KnownCursor())
    return (known.cursor or {}).get("metrics", [EVERY]) if known.watermark is not None else None


def _history_start(settings: Settings, now: datetime) -> datetime | None:
    days = settings.sync_history_days
    return (now - timedelta(days=days)).replace(microsecond=0) if days else None


def _plain_cursors(state: AccountState, full: bool) -> dict[str, dict[str, Any]]:
    if full:
        return {}
    return {
        resource: {name: found.cursor for name, found in partitions.items() if found.cursor}
        for resource, partitions in state.cursors.items()
    }


def _reports(settings: Settings, state: AccountState, now: datetime, full: bool, by_person: bool) -> ReportPlan:
    today = now.astimezone(ZoneInfo(state.timezone)).date()
    return plan_reports(
        now,
        today,
        report_states(state),
        history_start=today - report_history(settings),
        quota=Quota(settings.report_daily_quota, settings.report_quota_reserve),
        by_person=by_person,
        full=full,
    )


def report_history(settings: Settings) -> timedelta:
    """How far back a first read of the reports goes."""
    return timedelta(days=settings.sync_history_days) if settings.sync_history_days else REPORT_HISTORY


def report_states(state: AccountState) -> dict[str, ReportState]:
    """What is known of each report, by its name."""
    return {report: _report_state(state, report) for report in REPORTS}


def _report_state(state: AccountState, report: str) -> ReportState:
    partitions = state.cursors.get(report, {})
    walk = partitions.get("", KnownCursor()).cursor or {}
    calls = state.calls.get(ENDPOINTS[report].name)
    return ReportState(
        calls=calls.calls if calls else 0,
        last_call=calls.last if calls else None,
        last_full=partitions.get("full", KnownCursor()).watermark,
        started=date.fromisoformat(walk["started"]) if "started" in walk else None,
        done=frozenset(walk.get("done", [])),
        retry_at=_retry_at(state, report),
    )


def _retry_at(state: AccountState, resource: str) -> datetime | None:
    cursor = state.cursors.get(resource, {}).get("quota", KnownCursor()).cursor or {}
    return datetime.fromtimestamp(cursor["retry_at"], UTC) if "retry_at" in cursor else None
