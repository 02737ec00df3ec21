"""Events, their attributions and profiles: staged Parquet files → tables, in the caller's transaction, set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from data_access.engines.base import Session

Files = Mapping[str, Sequence[Path]]


def load_events(session: Session, account: str, files: Files) -> dict[str, int]:
    """Takes a batch in: new events, revised attributions, merges, profiles, stubs, and notes what that touches.

    `files`: staged tables 'events', 'attributions', 'profiles' by name. Gives counts: 'events' (new ones),
    'events_read', 'profiles', 'merged_events'. A batch that is in already changes nothing. Raises StoreError.
    """
    counts = {"profiles": load_profiles(session, account, files)}
    if not files.get("events"):
        return counts
    session.stage("staged_events", files["events"])
    span = session.one("load/events_span")
    assert span is not None
    once = span["events"] == span["ids"]
    session.execute("load/events_arriving" if once else "load/events_arriving_once")
    session.execute("load/events_known", account=account, low=span["low"], high=span["high"])
    merged = session.one("load/merges_count")
    stubs = session.execute("load/profiles_stubs", account=account)
    if merged is not None and merged["events"]:
        session.execute("load/merges", account=account)
        counts["merged_events"] = int(merged["events"])
    if stubs or counts.get("merged_events"):
        session.execute("load/touched_rows", account=account, dataset="profiles", name="profiles")
    if files.get("attributions"):
        session.stage("staged_attributions", files["attributions"])
        session.execute("load/attributions_arriving" if once else "load/attributions_arriving_once")
    else:
        session.execute("load/attributions_none")
    session.execute("load/attributions_insert", account=account)
    session.execute("load/attributions_revise", account=account)
    session.execute("load/events_touched", account=account)
    counts["events"] = session.execute("load/events_insert", account=account)
    counts["events_read"] = int(span["events"])
    return counts


def load_profiles(session: Session, account: str, files: Files) -> int:
    """Profiles of a batch: new ones, and those whose state is newer than the stored one; how many came."""
    if not files.get("profiles"):
        return 0
    session.stage("staged_profiles", files["profiles"])
    session.execute("load/profiles_arriving")
    session.execute("load/profiles_upsert", account=account)
    found = session.one("load/profiles_count")
    return int(found["profiles"]) if found else 0
