"""Lines of an order file, checked in an engine of their own beside any store, so that memory stays bounded.

Whatever the stores' engines are, the same rules judge the same lines: what comes out are finished rows of
klaviyo_orders and klaviyo_order_line_items, in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from data_access.conversion import AccountBasis
from data_access.engines.duckdb import DuckDBSession, scratch
from data_access.personal.forgotten import Forgotten, Kind
from data_access.projections import account_rates

# What a line may say, as text, in the order of the checks' table; `line` is its place in the file.
TOLD: Final = (
    "order_id", "customer_id", "customer_email", "order_timestamp", "order_date", "order_value", "order_discount",
    "currency", "order_status", "channel", "device_type", "shipping_city", "shipping_state", "shipping_country",
    "shipping_zip", "discount_code", "discount_type", "customer_tags", "utm_source", "utm_medium", "utm_campaign",
    "line_item_id", "product_id", "variant_id", "product_name", "product_brand", "sku", "collections", "product_type",
    "quantity", "unit_price", "line_total", "discount_amount",
)  # fmt: skip
ARRIVED: Final = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in TOLD)])
# Lines that are in memory at a time on their way into the warehouse.
PART_LINES: Final = 200_000
# More than that are sorted and joined on disk.
MEMORY: Final = "320MB"


@dataclass(frozen=True, slots=True)
class Reading:
    """How text of the file is read: zones (IANA names), decimal sign, form of its dates ('' = ISO)."""

    file_timezone: str
    account_timezone: str
    decimal: str = "."
    date_format: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not loaded. is_cause: false where only another line of its order is wrong."""

    line: int
    column: str
    reason: str
    is_cause: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks found: orders, lines refused with their order, lines that are wrong themselves, lines told twice
    in all columns with one id, lines alike without an id."""

    orders_seen: int
    orders_refused: int
    lines_refused: int
    lines_wrong: int
    lines_repeated: int
    lines_alike: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What can be loaded; first_order, last_order None and parts 0 where nothing can."""

    orders: int
    lines: int
    customers: int
    cancelled: int
    without_rate: int
    first_order: datetime | None
    last_order: datetime | None
    last_day: date | None
    parts: int


@dataclass(frozen=True, slots=True)
class Part:
    """Orders with all of their lines, as Parquet files of rows of klaviyo_orders and klaviyo_order_line_items, and the
    cancelled ones among them as rows of refund_cancelled_orders. share: of all parts up to this one, 0–1."""

    orders: list[Path]
    lines: list[Path]
    cancelled: pa.Table
    share: float


class OrderLines:
    """The lines of one file. Used in this order: take, judge, accept, then the parts."""

    def __init__(self, session: DuckDBSession, folder: Path, reading: Reading) -> None:
        self._session = session
        self._folder = folder
        self._reading = reading
        self._parts = 0
        session.execute("order_files/begin")

    def take(self, rows: pa.Table) -> None:
        """Adds lines, of the schema ARRIVED."""
        self._session.stage("arrived", rows)
        self._session.execute(
            "order_files/take",
            file_timezone=self._reading.file_timezone,
            account_timezone=self._reading.account_timezone,
            decimal=self._reading.decimal,
            date_format=self._reading.date_format,
        )

    def judge(self) -> Judged:
        """Finds what cannot be loaded: an order goes in whole, or not at all."""
        alike = int(self._session.rows("order_files/alike")[0]["lines"])
        self._session.execute("order_files/judge")
        found = {name: int(number) for name, number in self._session.rows("order_files/found")[0].items()}
        return Judged(**found, lines_alike=alike)

    def refused(self, places: np.ndarray[Any, np.dtype[np.int64]]) -> list[Refused]:
        """Those of these lines (ascending) that are not loaded, with their reasons, in the order of the file."""
        if not places.size:
            return []
        rows = self._session.rows("order_files/refused", first=int(places[0]), last=int(places[-1]))
        return [Refused(int(r["line"]), r["column_name"], r["reason"], bool(r["is_cause"])) for r in rows]

    def accept(
        self, basis: AccountBasis, load: str, *, sequenced: bool, forgotten: Forgotten | None = None
    ) -> Accepted:
        """Makes the rows that go into the warehouse, in the account's currency and zone.

        `load`: the job that loads them. `sequenced`: the account has no other orders, so that each order's place in its
        customer's sequence is known. `forgotten`: people whose orders go in under a pseudonym.
        """
        self._session.stage("account_rates", account_rates(basis))
        self._session.execute(
            "order_files/orders",
            account=basis.account,
            load=load,
            currency=basis.own_currency,
            account_timezone=basis.timezone,
            part_lines=PART_LINES,
        )
        if forgotten:
            self._forget(forgotten)
        account = basis.account if sequenced else ""
        self._session.keep("sequenced", "aggregate/sequence_changed", account=account)
        found = Accepted(**self._session.rows("order_files/accepted")[0])
        self._parts = found.parts
        self._session.execute("order_files/write_begin")
        for part in range(found.parts):
            self._session.execute("order_files/write_orders", part=part, file=str(self._file("orders", part)))
            self._session.execute("order_files/write_lines", part=part, file=str(self._file("lines", part)))
        self._session.execute("order_files/rest")
        return found

    def _forget(self, known: Forgotten) -> None:
        names = []
        for row in self._session.rows("order_files/customers"):
            found = known.pseudonym(Kind.PROFILE, row["customer_id"]) or known.pseudonym(
                Kind.EMAIL, row["customer_email"]
            )
            if found is not None:
                names.append({"name": row["customer_id"], "pseudonym": found})
        if names:
            self._session.stage("erased_names", pa.Table.from_pylist(names))
            self._session.execute("order_files/forget")

    def parts(self, *, whole: bool) -> Iterator[Part]:
        """The accepted orders with their lines, in parts, or all of them in one."""
        every = range(self._parts)
        for numbers in [every] if whole else [range(number, number + 1) for number in every]:
            yield Part(
                orders=[self._file("orders", number) for number in numbers],
                lines=[self._file("lines", number) for number in numbers],
                cancelled=self._session.query("order_files/cancelled", first=numbers[0], last=numbers[-1]),
                share=numbers.stop / self._parts,
            )

    def _file(self, what: str, part: int) -> Path:
        return self._folder / f"{what}-{part:06d}.parquet"


@contextmanager
def order_lines(folder: Path, reading: Reading) -> Iterator[OrderLines]:
    """Room for the lines of one file, in a database of its own in that folder."""
    with scratch(folder / "lines.duckdb", memory_limit=MEMORY) as session:
        yield OrderLines(session, folder, reading)
