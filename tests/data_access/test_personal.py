"""Somebody who asks to be forgotten: gone from every text, every sum as before, and not back with the next sync."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from data_access.aggregates import recompute, refresh
from data_access.migrate import migrate
from data_access.operations.backup import back_up
from data_access.operations.restore import restore
from data_access.personal import forgotten
from data_access.personal.forgetting import Erased, forget, people
from data_access.personal.forgotten import Forgotten, Kind
from data_access.personal.person import UnknownPerson
from data_access.personal.reduced import reduced
from data_access.personal.searching import Hit
from data_access.personal.telling import held
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.secrets import SecretUnreadable
from data_access.stores import Stores, close_stores, embedded_file, open_stores
from settings import Settings
from tests.figures.literal import ACCOUNT, OPENED, Event, Ledger, item, placed, refunded
from tests.postgresql_servers import Server
from tests.two_stacks import both_stacks

ADMIN = local_admin("test")
JANE, JANE_BEFORE, OTHER = "01HPJANE000000001", "01HPJANE000000000", "01HPOTHER00000001"
EMAIL, EMAIL_BEFORE, PHONE = "jane.doe@doe-family.example", "jd@old.example", "+49 176 1234567"
PHONE_DIGITS = "491761234567"
# Everything that would tell who she is.
TELLING = re.compile(rb"(?i)01HPJANE|jane\.doe|jd@old|1761234567|176 1234567|Hauptstr")


@dataclass
class House:
    """A shop with three orders: two of Jane, under two profiles that were merged, one of somebody else."""

    settings: Settings
    stores: Stores

    def money(self) -> list[tuple[str, Decimal, Decimal, int]]:
        """Order, its value, what was taken off it, whether it is the customer's first."""
        ledger = Ledger(self.stores)
        off = {row["order_id"]: row["amount"] for row in ledger.rows("order_deductions")}
        return sorted(
            (row["order_id"], row["order_value_account"], off.get(row["order_id"], Decimal(0)), row["is_first_order"])
            for row in ledger.rows("klaviyo_orders")
        )

    def opened(self) -> None:
        self.stores = open_stores(self.settings)


ORDERS = [
    ("o1", Decimal("100.10"), Decimal("10.10"), 1),
    ("o2", Decimal("20.00"), Decimal("0"), 0),
    ("o3", Decimal("30.33"), Decimal("0"), 1),
]


def fill(stores: Stores) -> None:
    ledger = Ledger(stores)
    ledger.store()
    at = "2026-01-02T10:00:00Z"
    profile = {"klaviyo_public_id": ACCOUNT, "created_at": at, "updated_at": at}
    ledger.insert(
        "klaviyo_profiles",
        profile | {"id": JANE, "email": "Jane.Doe@doe-family.example", "phone_number": PHONE, "first_name": "Jane",
                   "last_name": "Doe", "properties": json.dumps({"street": "Hauptstr. 1"}), "merged_into": None},
        profile | {"id": JANE_BEFORE, "email": EMAIL_BEFORE, "phone_number": None, "first_name": "Jane",
                   "last_name": "Doe", "properties": None, "merged_into": JANE},
        profile | {"id": OTHER, "email": "bob@example.com", "phone_number": None, "first_name": "Bob",
                   "last_name": "Ross", "properties": json.dumps({"friend": EMAIL}), "merged_into": None},
    )  # fmt: skip
    address = {"FirstName": "Jane", "Address1": "Hauptstr. 1", "City": "Bonn", "Zip": "53111", "CountryCode": "DE"}
    ledger.load(
        placed("o1", "2026-01-03T10:00:00+01:00", 100.10, JANE, ShippingAddress=address, Email=EMAIL,
               Items=[item("P1", 50.05, 2, Engraving="For jane.doe")]),
        placed("o2", "2026-01-05T10:00:00+01:00", 20, JANE_BEFORE),
        placed("o3", "2026-01-05T11:00:00+01:00", 30.33, OTHER, referred_by=EMAIL),
        refunded("r1", "o1", "2026-01-06T10:00:00+01:00", 10.10, JANE, note=f"call {PHONE}"),
        Event("e1", OPENED, "2026-01-06T12:00:00Z", JANE, {"$message": "M1", "Email Domain": "doe-family.example"}),
    )  # fmt: skip
    ledger.insert(
        "raw_api_responses",
        {"klaviyo_public_id": ACCOUNT, "endpoint": "/api/profiles", "response_data": json.dumps({"data": [JANE]}),
         "timestamp": at, "api_version": "2026-07-15"},
        {"klaviyo_public_id": ACCOUNT, "endpoint": "/api/profiles", "response_data": json.dumps({"data": [OTHER]}),
         "timestamp": at, "api_version": "2026-07-15"},
    )  # fmt: skip
    ledger.insert(
        "annotations",
        {"id": "6f8b6c1e-3a3e-4f0e-9a5e-2f7f6a1b2c3d", "klaviyo_public_id": ACCOUNT, "date_start": "2026-01-05",
         "date_end": "2026-01-05", "note": f"Spoke to Jane Doe ({EMAIL}) about the refund", "created_by": "mia",
         "created_at": at},
    )  # fmt: skip
    refresh(stores, ACCOUNT)


@pytest.fixture
def house(settings: Settings, stores: Stores) -> Iterator[House]:
    fill(stores)
    found = House(settings, stores)
    yield found
    close_stores(found.stores)


def forgotten_jane(house: House, asked: str = EMAIL.upper()) -> Erased:
    (erased,) = forget(house.stores, house.settings, ADMIN, people(house.stores, house.settings, ADMIN, asked))
    house.opened()
    return erased


def files_that_tell(folder: Path) -> list[str]:
    """Every file below, read byte by byte."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and TELLING.search(path.read_bytes())]


@both_stacks
def test_a_person_is_gone_from_both_stores_and_every_file_and_no_sum_has_changed(house: House) -> None:
    spooled = house.settings.spool_dir / ACCOUNT / "job" / "000001"
    spooled.mkdir(parents=True)
    (spooled / "events.parquet").write_bytes(JANE.encode())
    rejects = house.settings.data_dir / "rejects" / "orders.csv"
    rejects.parent.mkdir()
    rejects.write_text(f"order,email\n7,{EMAIL}\n")
    days = revenue_by_day(house)
    assert house.money() == ORDERS
    file = embedded_file(house.settings.database_url)
    if file is not None:
        file.chmod(0o600)

    erased = forgotten_jane(house)

    assert erased.left == []
    assert erased.notes == []
    assert file is None or stat.S_IMODE(file.stat().st_mode) == 0o600
    (noted,) = Ledger(house.stores).rows("audit_log")
    assert (noted["action"], noted["klaviyo_public_id"]) == ("person.forget", ACCOUNT)
    assert not TELLING.search(str(noted).encode())
    assert erased.profiles == 2
    assert {Path(path).name for path in erased.files} == {"job", "orders.csv"}
    assert Hit("operational", "klaviyo_profiles", "email", 2) in erased.removed
    assert Hit("warehouse", "klaviyo_orders", "customer_email", 2) in erased.removed
    ledger = Ledger(house.stores)
    assert {row["customer_id"] for row in ledger.rows("klaviyo_orders")} == {erased.pseudonym, OTHER}
    assert {row["shipping_city"] for row in ledger.rows("klaviyo_orders")} == {""}
    assert {row["shipping_country"] for row in ledger.rows("klaviyo_orders")} == {"", "DE"}
    assert [row["note"] for row in ledger.rows("annotations")] == ["Spoke to [erased] ([erased]) about the refund"]
    assert len(ledger.rows("raw_api_responses")) == 1
    assert [json.loads(row["properties"]) for row in ledger.rows("klaviyo_profiles") if row["id"] == OTHER] == [
        {"friend": "[erased]"}
    ]
    assert house.money() == ORDERS
    assert revenue_by_day(house) == days
    # Made of their events again, by other rates for example: the same.
    recompute(house.stores, ACCOUNT)
    assert house.money() == ORDERS
    close_stores(house.stores)
    assert files_that_tell(house.settings.data_dir) == []


@both_stacks
def test_whose_address_ends_alike_and_numbers_with_the_same_digits_within_stay(house: House) -> None:
    at, mary = "2026-01-02T10:00:00Z", f"mary{EMAIL}"
    note = f"{mary},{EMAIL};{EMAIL} {EMAIL}.org Order 5{PHONE_DIGITS}7"
    ledger = Ledger(house.stores)
    ledger.insert(
        "klaviyo_profiles",
        {"klaviyo_public_id": ACCOUNT, "id": "01HPMARY00000001", "email": mary, "created_at": at, "updated_at": at,
         "properties": json.dumps({"mail": mary, "order": int(f"5{PHONE_DIGITS}7"), "of": f"A\n{EMAIL}"})},
    )  # fmt: skip
    ledger.insert(
        "raw_api_responses",
        {"klaviyo_public_id": ACCOUNT, "endpoint": "/api/profiles", "response_data": json.dumps({"mail": mary}),
         "timestamp": at, "api_version": "2026-07-15"},
    )  # fmt: skip
    ledger.insert(
        "annotations",
        {"id": "7f8b6c1e-3a3e-4f0e-9a5e-2f7f6a1b2c3d", "klaviyo_public_id": ACCOUNT, "date_start": "2026-01-05",
         "date_end": "2026-01-05", "note": note, "created_by": "mia", "created_at": at},
    )  # fmt: skip
    told = held(house.stores, ADMIN, people(house.stores, house.settings, ADMIN, EMAIL_BEFORE))
    assert len(told["accounts"][ACCOUNT]["rows"]["operational"]["raw_api_responses"]) == 1

    assert forgotten_jane(house).left == []

    ledger = Ledger(house.stores)
    (profile,) = [row for row in ledger.rows("klaviyo_profiles") if row["id"] == "01HPMARY00000001"]
    assert profile["email"] == mary
    assert json.loads(profile["properties"]) == {
        "mail": mary, "order": int(f"5{PHONE_DIGITS}7"), "of": "A\n[erased]",
    }  # fmt: skip
    assert f"{mary},[erased];[erased] {EMAIL}.org Order 5{PHONE_DIGITS}7" in {
        row["note"] for row in ledger.rows("annotations")
    }
    assert mary in str([row["response_data"] for row in ledger.rows("raw_api_responses")])


def revenue_by_day(house: House) -> list[Any]:
    rows = Ledger(house.stores).rows("fact_revenue")
    return sorted((str(row["date"]), row["revenue"], row["order_count"], row["customer_count"]) for row in rows)


def test_postgresql_keeps_nothing_in_the_files_of_its_tables(
    postgres: Server, migrated_postgres_url: str, tmp_path: Path
) -> None:
    warehouse = f"duckdb:///{tmp_path / 'data' / 'warehouse.duckdb'}"
    settings = Settings(data_dir=tmp_path / "data", database_url=migrated_postgres_url, warehouse_url=warehouse)
    opened = open_stores(settings)
    migrate(opened)
    fill(opened)
    name = migrated_postgres_url.partition("?")[0].rpartition("/")[2]
    (row,) = postgres.run(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
    files = postgres.folder / "data" / "base" / str(row[0])
    postgres.run("CHECKPOINT")
    assert files_that_tell(files) != []
    house = House(settings, opened)
    assert forgotten_jane(house).left == []
    close_stores(house.stores)
    postgres.run("CHECKPOINT")
    assert files_that_tell(files) == []


def test_whoever_is_forgotten_is_known_by_a_list_that_tells_nobody(house: House) -> None:
    forgotten_jane(house, JANE_BEFORE)
    for asked in (EMAIL, EMAIL_BEFORE, JANE, JANE_BEFORE, PHONE):
        with pytest.raises(UnknownPerson):
            people(house.stores, house.settings, ADMIN, asked)
    assert [person.ids for person in people(house.stores, house.settings, ADMIN, "bob@example.com")] == [[OTHER]]

    with house.stores.operational.read() as session:
        entries = forgotten.read(session)
    # Two profiles, two addresses, a number.
    assert sorted(entry.kind for entry in entries) == ["email", "email", "phone", "profile", "profile"]
    assert not TELLING.search(str(entries).encode())
    known = Forgotten(house.settings, ACCOUNT, entries)
    assert known.pseudonym(Kind.EMAIL, " JANE.DOE@doe-family.example") == known.pseudonym(Kind.PROFILE, JANE)
    assert known.pseudonym(Kind.PHONE, "+491761234567") == known.pseudonym(Kind.PROFILE, JANE)
    assert known.pseudonym(Kind.EMAIL, "bob@example.com") is None
    assert not Forgotten(house.settings, "Other1", entries)
    # Without the key that the store's secrets rest on nobody can even ask.
    stranger = house.settings.model_copy(update={"promolens_secret_key": SecretStr("another")})
    stranger = stranger.model_copy(update={"data_dir": house.settings.data_dir / "elsewhere"})
    with pytest.raises(SecretUnreadable):
        Forgotten(stranger, ACCOUNT, entries)


def test_a_restore_of_an_earlier_backup_forgets_them_again(house: House, tmp_path: Path) -> None:
    backups = house.settings.backup_folder
    back_up(house.stores, house.settings, ADMIN, backups)
    erased = forgotten_jane(house)
    assert [Path(place).parent for place in erased.unreached] == [backups]
    close_stores(house.stores)
    done = restore(house.settings, ADMIN, backups, replace=True)
    assert done.forgotten == 1
    house.opened()
    assert house.money() == ORDERS
    assert {row["customer_id"] for row in Ledger(house.stores).rows("klaviyo_orders")} == {erased.pseudonym, OTHER}
    with pytest.raises(UnknownPerson):
        people(house.stores, house.settings, ADMIN, EMAIL)
    close_stores(house.stores)
    assert not TELLING.search(database(house.settings).read_bytes())

    # On another machine, which has the backups and the key, and nothing else.
    key = house.settings.promolens_secret_key
    other = Settings(data_dir=tmp_path / "other", backup_dir=backups, promolens_secret_key=key)
    assert restore(other, ADMIN, backups).forgotten == 1
    assert not TELLING.search(database(other).read_bytes())


def database(settings: Settings) -> Path:
    found = embedded_file(settings.database_url)
    assert found is not None
    return found


def test_all_that_is_held_of_a_person_is_told(house: House) -> None:
    told = held(house.stores, ADMIN, people(house.stores, house.settings, ADMIN, JANE))
    found = told["accounts"][ACCOUNT]
    assert found["profiles"] == [JANE_BEFORE, JANE]
    assert found["emails"] == [EMAIL, EMAIL_BEFORE]
    tables = found["rows"]["operational"] | found["rows"]["warehouse"]
    (noted,) = Ledger(house.stores).rows("audit_log")
    assert (noted["action"], noted["klaviyo_public_id"]) == ("person.export", ACCOUNT)
    assert sorted(row["id"] for row in tables["klaviyo_events"]) == ["e1", "o1", "o2", "o3", "r1"]
    assert {row["order_id"] for row in tables["klaviyo_orders"]} == {"o1", "o2"}
    # What hangs on an order without a name; nobody else's.
    assert [(row["order_id"], row["product_id"]) for row in tables["klaviyo_order_line_items"]] == [("o1", "P1")]
    assert {row["order_id"] for row in tables["order_deductions"]} == {"o1"}
    (jane,) = [row for row in tables["klaviyo_profiles"] if row["id"] == JANE]
    assert jane["properties"] == {"street": "Hauptstr. 1"}
    assert json.loads(json.dumps(told)) == told


def test_nobody_is_told_or_erased_without_the_rights_for_it(house: House) -> None:
    persons = people(house.stores, house.settings, ADMIN, JANE)
    every = set(Right)
    for lacking in (Right.PII, Right.EXPORT):
        scope = granted("mia", [ACCOUNT], every - {lacking})
        with pytest.raises(NotPermitted):
            held(house.stores, scope, persons)
    for lacking in (Right.PII, Right.ADMIN):
        scope = granted("mia", [ACCOUNT], every - {lacking})
        with pytest.raises(NotPermitted):
            forget(house.stores, house.settings, scope, persons)
        with pytest.raises(NotPermitted):
            people(house.stores, house.settings, scope, JANE, ACCOUNT)
    assert house.money() == ORDERS


def test_of_an_event_stays_what_sums_are_made_of() -> None:
    told = {
        "OrderId": "7",
        "$value": 12.5,
        "$event_id": "7",
        "Email": "a@b.example",
        "ShippingAddress": {"City": "Bonn", "CountryCode": "DE", "FirstName": "Jane"},
        "Discount Codes": [{"code": "SPRING", "note": "for Jane"}],
        "$extra": {
            "landing_site": "https://shop.example/?utm_source=klaviyo%20mail&email=a@b.example&utm_source=x",
            "note": "ring twice",
            "line_items": [{"product_id": 5, "price": "12.50", "quantity": 1, "properties": [{"Engraving": "Jane"}]}],
        },
    }
    assert json.loads(reduced(json.dumps(told))) == {
        "OrderId": "7",
        "$value": 12.5,
        "$event_id": "7",
        "ShippingAddress": {"CountryCode": "DE"},
        "Discount Codes": [{"code": "SPRING"}],
        "$extra": {"line_items": [{"product_id": 5, "price": "12.50", "quantity": 1}]},
        "utm_source": "klaviyo mail",
    }
    assert reduced("no document") == "{}"
    assert reduced(None) == "{}"
    mailbox = json.dumps({"Email Domain": "Mail.example"})
    assert json.loads(reduced(mailbox, domains=frozenset({"mail.example"}))) == {"Email Domain": "Mail.example"}
    assert reduced(mailbox) == "{}"
