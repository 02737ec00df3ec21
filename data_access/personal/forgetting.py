"""Erases a person from both stores and from files beside them, keeps them away from then on, and proves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from analytics.audit import Action
from data_access.aggregates import refresh
from data_access.operations.leases import held
from data_access.personal import forgotten
from data_access.personal.erasing import erase
from data_access.personal.files import clear_rejects, clear_spool, copies, found_in_files, no_fetch
from data_access.personal.forgotten import Forgotten
from data_access.personal.person import Person, UnknownPerson, find
from data_access.personal.rewriting import write_anew
from data_access.personal.searching import Hit, search
from data_access.pseudonyms import erase_name, new_pseudonym, pseudonym_of
from data_access.scope import Right, Scope
from data_access.stores import Stores, open_stores
from data_access.writes.audit import note
from settings import Settings

KIND: Final = "forget"
Told = Callable[[str], None]


@dataclass(slots=True)
class Erased:
    """A person who was erased within one account.

    pseudonym: what stands in their place; profiles: how many were merged into one. removed: where they stood; files:
    what went beside the stores. left: where something of them still stands, as sentences; alike: where somebody of the
    same name stands. notes: what could not be done; unreached: copies that hold whoever was there when they were made.
    """

    account: str
    pseudonym: str
    profiles: int
    removed: list[Hit] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    alike: list[Hit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def people(
    stores: Stores,
    settings: Settings,
    scope: Scope,
    asked: str,
    account: str | None = None,
    *,
    right: Right = Right.ADMIN,
) -> list[Person]:
    """Who is known by a profile id, an address, a number or an id of the shop, in one account or in each.

    right: what is to be done with what is found: ADMIN to erase it, EXPORT to tell it. Raises NotPermitted,
    UnknownPerson, StoreError.
    """
    scope.require(right, account)
    scope.require(Right.PII, account)
    with stores.operational.read() as session:
        known = [row["account"] for row in session.rows("operations/accounts")]
        entries = forgotten.read(session)
    found = [
        person
        for one in ([account] if account is not None else known)
        if (person := find(stores, one, asked, Forgotten(settings, one, entries))) is not None
    ]
    if not found:
        place = f" in {account}" if account else ""
        raise UnknownPerson(
            f"Nobody is known by that{place}: give a profile id, an e-mail address or the shop's own id."
        )
    return found


def forget(
    stores: Stores,
    settings: Settings,
    scope: Scope,
    persons: Sequence[Person],
    *,
    now: datetime | None = None,
    told: Told = lambda _text: None,
) -> list[Erased]:
    """Erases these people and looks everywhere whether something of them is left.

    Embedded files are written anew: `stores` is closed then, and `open_stores` opens them again. A run that broke off
    is ended by the next one. Raises NotPermitted, JobRunning, StoreBusy, StoreError.
    """
    for person in persons:
        scope.require(Right.ADMIN, person.account)
        scope.require(Right.PII, person.account)
    done = []
    for person in persons:
        told(f"Looking for what is held in {person.account}")
        erased = Erased(person.account, person.pseudonym, len(person.pseudonyms))
        erased.removed = search(stores, person.account, person.told)
        with (
            no_fetch(settings, person.account),
            held(stores.operational, person.account, kind=KIND, by=scope.person,
                 lease_seconds=settings.sync_lease_seconds, resource="what is held of a person"),
        ):  # fmt: skip
            _note(stores, settings, person, scope.person, now or datetime.now(UTC))
            told(f"Erasing in {person.account}")
            erase(stores, person)
            gone = [*clear_spool(settings, person.account), *clear_rejects(settings, person.told)]
            erased.files = [str(path) for path in gone]
            refresh(stores, person.account)
        done.append(erased)
    told("Writing the files anew")
    notes = write_anew(stores, settings)
    told("Looking whether anything is left")
    again = open_stores(settings)
    for person, erased in zip(persons, done, strict=True):
        erased.notes = notes
        _prove(again, settings, person, erased)
    return done


def _note(stores: Stores, settings: Settings, person: Person, by: str, now: datetime) -> None:
    """Puts a person on the list before anything is erased: a sync in between brings nobody back. The log tells of them
    by a pseudonym behind which no name stands any more."""
    with stores.operational.write() as session:
        known = Forgotten(settings, person.account, forgotten.read(session))
        forgotten.add(session, known.entries(person.known(), pseudonym_of(session, by), now))
        forgotten.keep_beside(session, settings)
        told = [erase_name(session, name) for name in (*person.ids, *sorted(person.emails))]
        thing = next(filter(None, told), new_pseudonym())
        about = {"profiles": len(person.pseudonyms)}
        note(session, by, Action.PERSON_FORGET, thing, account=person.account, about=about)


def _prove(stores: Stores, settings: Settings, person: Person, erased: Erased) -> None:
    for hit in search(stores, person.account, person.told):
        erased.left.append(f"{hit.store} store, {hit.table}.{hit.column}: {hit.rows:,} row(s)")
    found = found_in_files(settings, person.within)
    if found and search(stores, person.account, person.within):
        # Within other people's texts, such as an address that ends alike: those stay, in the files as well.
        found = found_in_files(settings, person.told)
    erased.left += [f"file {path}" for path in found]
    erased.alike = search(stores, person.account, person.named)
    erased.unreached = [str(path) for path in copies(settings)]


def again(
    stores: Stores, settings: Settings, entries: Sequence[forgotten.Entry], by: str, told: Told = lambda _text: None
) -> int:
    """Erases everybody of a list who stands in these stores, as after a restore; how many. by: who restores. The files
    are not written anew. Raises SecretUnreadable, StoreError."""
    persons = 0
    for account in sorted({entry.klaviyo_public_id for entry in entries}):
        known = Forgotten(settings, account, entries)
        for person in _returned(stores, account, known):
            told(account)
            _note(stores, settings, person, by, datetime.now(UTC))
            erase(stores, person)
            persons += 1
    return persons


def _returned(stores: Stores, account: str, known: Forgotten) -> list[Person]:
    """The forgotten people of an account who are there."""
    found: list[Person] = []
    seen: set[str] = set()
    for asked in _recognised(stores, account, known):
        if asked not in seen and (person := find(stores, account, asked, known)) is not None:
            seen |= set(person.pseudonyms)
            found.append(person)
    return found


def _recognised(stores: Stores, account: str, known: Forgotten) -> list[str]:
    """Ids of profiles and customers by which somebody on the list is known, or whose address or number is on it."""
    kinds = forgotten.Kind
    with stores.operational.read() as session:
        profiles = session.rows("personal/profiles", account=account)
    with stores.warehouse.read() as session:
        customers = session.rows("personal/customers", account=account)
    ids = [
        row["id"]
        for row in profiles
        if known.pseudonym(kinds.PROFILE, row["id"])
        or known.pseudonym(kinds.EMAIL, row["email"])
        or known.pseudonym(kinds.PHONE, row["phone_number"])
        or known.pseudonym(kinds.EXTERNAL, row["external_id"])
    ]
    ids += [
        row["customer_id"]
        for row in customers
        if known.pseudonym(kinds.PROFILE, row["customer_id"]) or known.pseudonym(kinds.EMAIL, row["customer_email"])
    ]
    return list(dict.fromkeys(ids))
