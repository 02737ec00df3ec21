"""A person as the stores know them: every profile that was merged into one, with all that they are known by."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from data_access.errors import StoreError
from data_access.personal.forgotten import Forgotten, Kind, plain
from data_access.stores import Stores

PREFIX: Final = "forgotten-"
# Shorter ones stand in half of all texts: they are looked for where they are one's own only.
_SHORTEST: Final = 6
_FEW_DIGITS: Final = 8
# Where a text of one's own begins and ends: jane@… is not johnjane@…, nor one of .example that of .example.org. Also
# behind what an encoder writes for a sign.
_WRITTEN: Final = r"\\[nrtbf]|\\u[0-9a-f]{4}|%[0-9a-f]{2}"
_ADDRESS: Final = (rf"(^[._+-]*|[^a-z0-9._+-][._+-]*|{_WRITTEN})", r"($|[^a-z0-9.]|[.](?:$|[^a-z0-9]))")
_WORD: Final = (rf"(^|[^a-z0-9]|{_WRITTEN})", r"($|[^a-z0-9])")
# What takes the place of what `Person.told` finds, and of what `Person.named` does.
ERASED: Final = "[erased]"
ERASED_WITHIN: Final = rf"\1\3{ERASED}\2\4"


class UnknownPerson(StoreError):
    """Nobody is known by what was asked for."""


@dataclass(slots=True)
class Person:
    """Who somebody is within one account.

    pseudonyms: each profile id with what takes its place. emails in small letters; names: given and family name, as
    they stand together. main: the profile that all others ended in.
    """

    account: str
    main: str
    pseudonyms: dict[str, str] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    externals: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @property
    def ids(self) -> list[str]:
        return sorted(self.pseudonyms)

    @property
    def pseudonym(self) -> str:
        """What stands for the person from now on."""
        return self.pseudonyms[self.main]

    def known(self) -> dict[tuple[Kind, str], str]:
        """Everything that the person must be recognised by when it comes again, with its pseudonym."""
        found: dict[tuple[Kind, str], str] = {(Kind.PROFILE, id): name for id, name in self.pseudonyms.items()}
        for kind, values in (
            (Kind.EMAIL, self.emails),
            (Kind.PHONE, self.phones),
            (Kind.EXTERNAL, self.externals),
        ):
            found |= {(kind, value): self.pseudonym for value in values if plain(kind, value)}
        return found

    @property
    def told(self) -> str:
        """What is looked for in every text: addresses, ids and numbers, as a pattern of all engines. Its groups hold
        what stands around them (`ERASED_WITHIN`); of two with one sign between them it finds the first."""
        addresses, words = self._told
        if not addresses and not words:
            return ""
        first, second = _any(addresses or words), _any(words or addresses)
        return f"(?i)(?:{_ADDRESS[0]}{first}{_ADDRESS[1]}|{_WORD[0]}{second}{_WORD[1]})"

    @property
    def within(self) -> str:
        """The same, also within other words: in bytes where texts stand side by side."""
        return pattern(set().union(*self._told))

    @property
    def _told(self) -> tuple[set[str], set[str]]:
        """Addresses, and all the rest."""
        addresses = {one for one in self.emails if "@" in one}
        phones = {phone: plain(Kind.PHONE, phone) for phone in self.phones}
        numbers = {phone: digits for phone, digits in phones.items() if len(digits) >= _FEW_DIGITS}
        externals = {one for one in self.externals if len(one) >= _SHORTEST and not one.isdigit()}
        longer = {one for one in self.pseudonyms if len(one) >= _SHORTEST}
        digits = set(numbers.values())
        return addresses, {*numbers, *digits, *(f"00{one}" for one in digits), *externals, *longer}

    @property
    def named(self) -> str:
        """The full names as a pattern; empty where none is known. Others may have the same."""
        return pattern(self.names)


def pattern(values: Iterable[str]) -> str:
    """Any of these texts, in small or capital letters, as a regular expression of all engines; empty for none."""
    told = {value for value in values if value}
    return f"(?i){_any(told)}" if told else ""


def _any(values: Iterable[str]) -> str:
    told = {form for value in values for form in (value, _in_json(value))}
    return f"(?:{'|'.join(map(_literal, sorted(told)))})"


def _in_json(value: str) -> str:
    """As an encoder writes it that knows ASCII only."""
    return json.dumps(value)[1:-1]


def _literal(value: str) -> str:
    return "".join(f"\\{sign}" if sign.isascii() and not (sign.isalnum() or sign in "_ ") else sign for sign in value)


def find(stores: Stores, account: str, asked: str, forgotten: Forgotten) -> Person | None:
    """Who is known by a profile id, an e-mail address, a telephone number or an id of the shop; None where nobody is.

    Profiles that were merged are one person, and so are those with one e-mail address. Pseudonyms are those of the list
    of the forgotten where it has some, else new ones. Raises StoreError.
    """
    with stores.warehouse.read() as session:
        customers = session.query("personal/customers", account=account)
    with stores.operational.write() as session:
        merged = {row["id"]: row["target"] for row in session.rows("project/merged_profiles", account=account)}
        rows = session.rows("personal/profiles_asked", account=account, asked=asked.strip())
        ids, emails = {row["id"] for row in rows}, _emails(rows)
        ids |= set(_of(customers, "customer_id", "customer_id", {asked.strip()}))
        ids |= set(_of(customers, "customer_email", "customer_id", {asked.strip().lower()}))
        while True:
            targets = {merged.get(id, id) for id in ids}
            wider = ids | targets | {id for id, target in merged.items() if target in targets}
            wider |= set(_of(customers, "customer_email", "customer_id", emails))
            session.stage("named_ids", pa.table({"id": pa.array(sorted(wider), pa.string())}))
            session.stage("named_emails", pa.table({"email": pa.array(sorted(emails), pa.string())}))
            rows = session.rows("personal/profiles_named", account=account)
            wider |= {row["id"] for row in rows}
            told = emails | _emails(rows)
            told |= {one for one in _of(customers, "customer_id", "customer_email", wider) if "@" in one}
            if wider == ids and told == emails:
                break
            ids, emails = wider, told
    if not ids:
        return None
    main = next((merged.get(id, id) for id in sorted(ids) if merged.get(id, id) in ids), min(ids))
    person = Person(account, main, emails=emails)
    for row in rows:
        person.phones |= {row["phone_number"].strip()} if (row["phone_number"] or "").strip() else set()
        person.externals |= {row["external_id"].strip()} if (row["external_id"] or "").strip() else set()
        full = [part.strip() for part in (row["first_name"], row["last_name"]) if part and part.strip()]
        if len(full) == 2:
            person.names |= {f"{full[0]} {full[1]}", f"{full[1]}, {full[0]}"}
    person.pseudonyms = {id: forgotten.pseudonym(Kind.PROFILE, id) or new_pseudonym() for id in sorted(ids)}
    return person


def new_pseudonym() -> str:
    """A profile id that nobody has and that tells nothing."""
    return f"{PREFIX}{secrets.token_hex(12)}"


def _emails(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["email"].strip().lower() for row in rows if (row["email"] or "").strip()}


def _of(customers: pa.Table, column: str, wanted: str, values: set[str]) -> list[str]:
    """Values of one column where another has one of these."""
    if not values or not customers.num_rows:
        return []
    held = pc.is_in(customers[column], value_set=pa.array(sorted(values), customers[column].type))
    return [str(value) for value in customers.filter(held)[wanted].to_pylist() if value]
