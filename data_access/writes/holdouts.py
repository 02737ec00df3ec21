"""Who was left out of a campaign, as a marketer names them: found among the profiles, kept, measured, noted in the
audit log. Of a list only the profiles that it names are kept: an address stands in no table of holdouts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from analytics.audit import Action
from analytics.holdouts import MOST_DAYS, MOST_LISTED, USUAL_DAYS, Source
from analytics.incrementality import Kind
from data_access.conversion import AccountBasis
from data_access.engines.base import Session
from data_access.errors import StoreError
from data_access.holdouts import DATASET, Touched, bring_up
from data_access.projections import Pair, basis_in, open_pair
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note

RIGHT: Final = Right.CAMPAIGN_WRITE
_LISTED: Final = pa.schema([("place", pa.int64()), ("entry", pa.string())])
_FOUND: Final = pa.schema([("profile_id", pa.string())])
LONGEST_NAME: Final = 200
# Behind every snapshot of a segment, and a day that every warehouse knows.
_NEWEST: Final = date(2200, 1, 1)


class HoldoutRefused(StoreError):
    """A holdout cannot be named as it was asked for; says why and what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was handed in. file: its name; entries: e-mail addresses or profile ids, with the row of each."""

    file: str
    entries: Sequence[tuple[int, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A holdout to name for a campaign. left_out: a list, or a segment's id; kind: None = by chance from a list, by a
    rule from a segment; days: from the day of sending on in which purchases count; name: '' = that of the source."""

    campaign: str
    left_out: Listed | str = field(repr=False)
    name: str = ""
    kind: Kind | None = None
    days: int = USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Named:
    """What came of it. listed: entries; people: who is left out, after merges; unknown, repeated: rows of entries that
    name nobody, and that name somebody once more; received: of the people, those who got the campaign all the same."""

    campaign: str
    listed: int
    people: int
    unknown: tuple[int, ...]
    repeated: tuple[int, ...]
    received: int


def name_holdout(stores: Stores, scope: Scope, account: str, wanted: Wanted) -> Named:
    """Keeps a campaign's holdout and measures it. Raises NotPermitted, HoldoutRefused, UnknownAccount, StoreError."""
    scope.require(RIGHT, account)
    if not 1 <= wanted.days <= MOST_DAYS:
        raise HoldoutRefused(f"Purchases count for 1 to {MOST_DAYS} days, not for {wanted.days}.")
    if len(wanted.name) > LONGEST_NAME:
        raise HoldoutRefused(f"A name has at most {LONGEST_NAME} characters.")
    with open_pair(stores) as pair:
        basis = basis_in(pair, account)
        of = {"account": account, "campaign": wanted.campaign}
        with pair.operational() as session:
            campaign = session.one("holdouts/campaign", **of)
            if campaign is None:
                raise HoldoutRefused("The account has no campaign of this id.")
            _require_free(session, of)
        entries, source, source_name, snapshot = _left_out(pair, basis, wanted, campaign)
        with pair.operational() as session:
            # Once more: another may have named one while the members of a segment were read.
            _require_free(session, of)
            found = _found(session, account, entries)
            unknown = tuple(place for (place, _), profile in zip(entries, found, strict=True) if profile is None)
            people, repeated = _people(session, account, entries, found)
            if not people:
                raise HoldoutRefused(
                    f"None of the {len(entries):,} entries names a profile of this account: nobody would be left out."
                    " E-mail addresses or Klaviyo's profile ids are looked for."
                )
            kind = wanted.kind or (Kind.CHANCE if source is Source.FILE else Kind.RULE)
            session.execute(
                "holdouts/put", **of, name=wanted.name.strip() or source_name, kind=kind, source=source,
                source_name=source_name, snapshot_date=snapshot, days=wanted.days, listed=len(entries),
                unknown=len(unknown), repeated=len(repeated), person=scope.person,
            )  # fmt: skip
            session.stage("holdout_found", pa.table({"profile_id": sorted(people)}, schema=_FOUND))
            session.execute("holdouts/people_put", **of)
            said = {"kind": kind, "source": source, "days": wanted.days, "people": len(people)}
            note(session, scope.person, Action.HOLDOUT_NAME, wanted.campaign, account=account, after=said)
        bring_up(pair, basis, Touched(), only=wanted.campaign)
        with pair.operational() as session:
            session.execute("aggregate/publish", account=account, datasets=[DATASET])
            counts = session.rows("holdouts/sizes", **of)[0]
    return Named(
        wanted.campaign, len(entries), int(counts["people"]), unknown, repeated, int(counts["received"])
    )  # fmt: skip


def remove_holdout(stores: Stores, scope: Scope, account: str, campaign: str) -> bool:
    """Forgets a campaign's holdout with its people and figures; whether there was one. Raises NotPermitted,
    StoreError."""
    scope.require(RIGHT, account)
    of = {"account": account, "campaign": campaign}
    with stores.operational.write() as session:
        held = session.one("holdouts/held", **of)
        if held is None:
            return False
        session.execute("holdouts/remove", **of)
        before = {"kind": held["kind"], "source": held["source"], "days": int(held["days"])}
        note(session, scope.person, Action.HOLDOUT_REMOVE, campaign, account=account, before=before)
        session.execute("aggregate/publish", account=account, datasets=[DATASET])
    return True


def _require_free(session: Session, of: Mapping[str, str]) -> None:
    held = session.one("holdouts/held", **of)
    if held is not None:
        raise HoldoutRefused(
            f"The campaign has a holdout already: {held['name']}, named by {held['created_by']}. Remove it first."
        )


def _left_out(
    pair: Pair, basis: AccountBasis, wanted: Wanted, campaign: Mapping[str, Any]
) -> tuple[Sequence[tuple[int, str]], Source, str, date | None]:
    """The entries, where they come from and its name, and the day as of which a segment's members are known."""
    if isinstance(wanted.left_out, Listed):
        entries = wanted.left_out.entries
        if not entries:
            raise HoldoutRefused(f"{wanted.left_out.file} lists nobody.")
        if len(entries) > MOST_LISTED:
            raise HoldoutRefused(f"A list has at most {MOST_LISTED:,} entries, this one {len(entries):,}.")
        return entries, Source.FILE, wanted.left_out.file, None
    segment = {"account": basis.account, "segment": wanted.left_out}
    with pair.operational() as session:
        named = session.one("holdouts/segment_name", **segment)
    if named is None:
        raise HoldoutRefused("The account has no segment of this id.")
    sent_at = campaign["sent_at"]
    day = sent_at.astimezone(ZoneInfo(basis.timezone)).date() if sent_at is not None else _NEWEST
    with pair.warehouse() as session:
        members = session.query("holdouts/segment_members", **segment, day=day)
    if not members.num_rows:
        raise HoldoutRefused(
            f"Nobody knows who is in the segment {named['name']}: its members are not kept. Name it in SYNC_SEGMENTS"
            " and sync, or hand in a list."
        )
    ids = sorted(set(members["profile_id"].to_pylist()))
    return list(enumerate(ids, 1)), Source.SEGMENT, named["name"], members["snapshot_date"][0].as_py()


def _found(session: Session, account: str, entries: Sequence[tuple[int, str]]) -> list[str | None]:
    """The profile that each entry names, None where it names nobody."""
    listed = {"place": range(len(entries)), "entry": [entry.strip() for _, entry in entries]}
    session.stage(
        "holdout_listed", pa.table({"place": list(listed["place"]), "entry": listed["entry"]}, schema=_LISTED)
    )
    return [row["profile_id"] for row in session.rows("holdouts/found_people", account=account)]


def _people(
    session: Session, account: str, entries: Sequence[tuple[int, str]], found: Sequence[str | None]
) -> tuple[set[str], tuple[int, ...]]:
    """Profiles that are named, and the rows that name a person once more: by another address, or after a merge."""
    merged = {row["id"]: row["target"] for row in session.rows("project/merged_profiles", account=account)}
    people: dict[str, str] = {}
    repeated = []
    for (place, _), profile in zip(entries, found, strict=True):
        if profile is None:
            continue
        person = merged.get(profile, profile)
        if person in people:
            repeated.append(place)
        else:
            people[person] = profile
    return set(people.values()), tuple(repeated)
