"""Orders of a file into the warehouse of an account that has no Klaviyo, and their figures, published at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from analytics.audit import Action
from data_access.account_days import ONE_DAY, day_start
from data_access.aggregates import refresh
from data_access.conversion import AccountBasis, account_basis
from data_access.derived import work_list
from data_access.engines.base import Session
from data_access.engines.duckdb import DuckDBStore
from data_access.errors import StoreError
from data_access.projections import EVERYTHING, Pair, account_rates, note_touched
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.order_lines import Accepted, OrderLines, Part

FILES: Final = "files"
# What a load is called among the jobs.
KIND: Final = "orders"
# From that many orders on everything is computed anew: noting each of them and its customer costs more.
NOTED_ORDERS: Final = 20_000
# What an embedded database may take while a load is put in place, beside the file's own lines.
MEMORY: Final = "256MB"
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
NO_PROFILES: Final = pa.schema(
    [(name, pa.string()) for name in ("profile_id", "customer_id", "customer_email")]
).empty_table()
NO_REFUNDS: Final = pa.schema([("original_order_id", pa.string()), ("reason", pa.string())]).empty_table()
NO_ATTRIBUTION: Final = pa.schema([("order_date", pa.date32())]).empty_table()


class OrdersRefused(StoreError):
    """Orders of a file cannot go into this account; says why."""


@dataclass(frozen=True, slots=True)
class FileAccount:
    """An account that is filled from files. timezone: IANA name; country: ISO code or ''; is_new: not kept yet."""

    public_id: str
    name: str
    timezone: str
    currency: str
    country: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where loaded orders come from. rejected: lines of the file that are left out, listed in `reject_file`."""

    job_id: str
    file_name: str
    checksum: str
    rejected: int
    reject_file: str | None


def file_account(
    stores: Stores,
    scope: Scope,
    account: str,
    *,
    name: str = "",
    timezone: str = "",
    currency: str = "",
    country: str = "",
) -> FileAccount:
    """The account as it is, or as it will be with what is said of it: by default in UTC and USD.

    Raises NotPermitted, OrdersRefused for an account that syncs from Klaviyo, for one that is another than was said,
    and for what is no zone, currency or country, and StoreError.
    """  # fmt: skip
    scope.require(Right.ADMIN, account)
    said = {"timezone": timezone, "currency": currency.upper(), "country": country.upper(), "name": name}
    _check(account, said)
    with stores.operational.read() as session:
        held = session.one("load_orders/account", account=account)
    if held is None:
        return FileAccount(
            account, name or account, timezone or "UTC", said["currency"] or "USD", said["country"], is_new=True
        )
    if held["status"] != FILES:
        raise OrdersRefused(
            f"The orders of {held['name']} ({account}) come from Klaviyo. One account has one source: load the file"
            " into another account, such as --account store2"
        )
    for what in ("currency", "country", "name"):
        if said[what] and said[what] != held[what]:
            raise OrdersRefused(
                f"{account} is there already, with the {what} {held[what] or '(none)'}: leave --{what} out."
            )
    return FileAccount(account, held["name"], held["timezone"], held["currency"], held["country"], is_new=False)


def zone_of(timezone: str) -> ZoneInfo:
    """A zone by its IANA name. Raises OrdersRefused."""
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise OrdersRefused(f"'{timezone}' is not a time zone. Use a name like Europe/Berlin or UTC.") from error


def _check(account: str, said: dict[str, str]) -> None:
    if not _ACCOUNT.match(account):
        raise OrdersRefused(f"'{account}' cannot be an account's id. Use letters, digits, - and _, at most 64.")
    if said["timezone"]:
        zone_of(said["timezone"])
    if said["currency"] and not _CURRENCY.match(said["currency"]):
        raise OrdersRefused(f"'{said['currency']}' is not a currency code. Use three letters, like EUR.")
    if said["country"] and not _COUNTRY.match(said["country"]):
        raise OrdersRefused(f"'{said['country']}' is not a country code. Use two letters, like DE.")


def prepared_basis(stores: Stores, account: FileAccount) -> tuple[AccountBasis, bool]:
    """What the account's figures rest on, and whether it has no orders yet. Makes the account where it is new.

    Raises StoreError.
    """
    with stores.operational.write() as session:
        if account.is_new:
            session.execute(
                "load_orders/register",
                public_id=f"store_{account.public_id}",
                account=account.public_id,
                name=account.name,
                timezone=account.timezone,
                currency=account.currency,
                country=account.country or None,
            )
        basis = account_basis(session, account.public_id)
    with stores.warehouse.read() as session:
        orders = int(session.rows("derive/last_day", account=account.public_id)[0]["orders"])
    return basis, orders == 0


def put_orders(
    stores: Stores,
    scope: Scope,
    basis: AccountBasis,
    lines: OrderLines,
    accepted: Accepted,
    source: Source,
    *,
    first: bool,
    told: Callable[[float], None] = lambda _share: None,
) -> int:
    """Puts accepted orders in place of those of the same ids and brings the figures up to date; how many were replaced.

    On one database all of it is one transaction. On two, the account is marked until the figures are in place, and
    loading the file again after a crash ends what was begun. `first`: the account has no orders yet; `told`: how far
    it is, 0–1. Raises NotPermitted, StoreError.
    """
    scope.require(Right.ADMIN, basis.account)
    work = _Put(basis, lines, accepted, source, scope.person, first, told)
    with ExitStack() as limits:
        for store in {id(store): store for store in (stores.operational, stores.warehouse)}.values():
            if isinstance(store, DuckDBStore):
                limits.enter_context(store.limited(MEMORY))
        refresh(stores, basis.account, put=work.put)
    return work.replaced


class _Put:
    """One load's way into both stores."""

    def __init__(
        self, basis: AccountBasis, lines: OrderLines, accepted: Accepted, source: Source, person: str, first: bool,
        told: Callable[[float], None],
    ) -> None:  # fmt: skip
        self._basis = basis
        self._lines = lines
        self._accepted = accepted
        self._source = source
        self._person = person
        self._first = first
        self._told = told
        self.replaced = 0

    def put(self, pair: Pair) -> None:
        account = self._basis.account
        noted = self._accepted.orders <= NOTED_ORDERS
        if not noted:
            # Before the warehouse is written: a run that breaks off leaves the mark, and the next one rebuilds.
            with pair.operational() as session:
                everything = pa.table({"kind": [EVERYTHING], "key": [self._basis.timezone]})
                note_touched(session, account, everything)
                work_list.forget(session, account)
        # One transaction takes all in with one statement; else what is in memory at a time is one part.
        for part in self._lines.parts(whole=pair.single):
            self._part(pair, part, noted)
            self._told(part.share)
        self._emails(pair)
        with pair.operational() as session:
            self._record(session)

    def _part(self, pair: Pair, part: Part, noted: bool) -> None:
        account = self._basis.account
        if noted:
            self._note(pair, part)
        with pair.warehouse() as session:
            session.stage("incoming_orders", part.orders)
            session.stage("incoming_lines", part.lines)
            if not self._first:
                self.replaced += int(session.rows("load_orders/known", account=account)[0]["orders"])
                session.execute("load_orders/take_out", account=account)
            session.execute("load_orders/put", account=account)
            if part.cancelled.num_rows:
                session.stage("incoming_refunds", part.cancelled)
                session.execute("project/refunds_replace", account=account)
                affected = part.cancelled.select(["original_order_id"]).rename_columns(["order_id"])
                session.stage("affected_orders", affected)
                _settle(session, self._basis)

    def _note(self, pair: Pair, part: Part) -> None:
        """Days and customers that the part changes, as they are and as they will be."""
        account = self._basis.account
        with pair.operational() as session:
            watched = work_list.watched(session, account)
        with pair.warehouse() as session:
            session.stage("accepted_orders", part.orders)
            session.stage("affected_orders", part.orders)
            session.stage("incoming_refunds", NO_REFUNDS)
            session.stage("revised_profiles", NO_PROFILES)
            session.stage("changed_attribution", NO_ATTRIBUTION)
            touched = session.query("project/slice_touched", account=account)
            changed = work_list.changed_by_slice(session, account) if watched else None
        with pair.operational() as session:
            note_touched(session, account, touched)
            if changed is not None:
                work_list.note(session, account, changed)

    def _emails(self, pair: Pair) -> None:
        """All orders of a customer hold the e-mail that the customer used last, and an e-mail is one customer's."""
        account = self._basis.account
        with pair.warehouse() as session:
            revised = session.query("load_orders/emails_changed", account=account)
        if not revised.num_rows:
            return
        with pair.operational() as session:
            work_list.forget(session, account)
        with pair.warehouse() as session:
            session.stage("revised_profiles", revised)
            session.execute("project/customers_replace", account=account)

    def _record(self, session: Session) -> None:
        found = self._accepted
        assert found.last_day is not None
        session.execute(
            "load_orders/record",
            account=self._basis.account,
            job=self._source.job_id,
            file=self._source.file_name,
            checksum=self._source.checksum,
            orders=found.orders,
            lines=found.lines,
            rejected=self._source.rejected,
            reject_file=self._source.reject_file,
            first_order=found.first_order,
            last_order=found.last_order,
            covers_until=day_start(found.last_day + ONE_DAY, ZoneInfo(self._basis.timezone)),
            person=self._person,
        )
        note(
            session, self._person, Action.ORDERS_LOAD, self._source.file_name, account=self._basis.account,
            after={
                "load": self._source.job_id, "orders": found.orders, "lines": found.lines, "replaced": self.replaced,
                "rejected": self._source.rejected,
            },
        )  # fmt: skip
        session.execute("project/watermark_move", account=self._basis.account, upto=0, basis=self._basis.fingerprint)


def _settle(session: Session, basis: AccountBasis) -> None:
    session.stage("account_rates", account_rates(basis))
    session.execute("project/settle", account=basis.account, timezone=basis.timezone, currency=basis.own_currency)
