"""A PostgreSQL database with roles in use, two accounts' rows in it, and logins that try what they may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from data_access import roles
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.postgresql_servers import Server

ROWS = """
INSERT INTO stores (public_id, name, klaviyo_public_id, api_key_encrypted)
    VALUES ('sa', 'Shop A', 'A', 'k'), ('sb', 'Shop B', 'B', 'k');
INSERT INTO klaviyo_metrics (klaviyo_public_id, id, name, created_at, updated_at)
    VALUES ('A', 'm', 'Placed Order', now(), now()), ('B', 'm', 'Placed Order', now(), now());
INSERT INTO klaviyo_profiles (klaviyo_public_id, id, email, created_at, updated_at)
    VALUES ('A', 'pa', 'ann@a.example', now(), now()), ('B', 'pb', 'bob@b.example', now(), now());
INSERT INTO klaviyo_events
    (klaviyo_public_id, id, metric_id, profile_id, timestamp, value, properties, raw_data, ingest_seq)
    VALUES ('A', 'ea', 'm', 'pa', now(), 10, '{}', '{}', 1), ('B', 'eb', 'm', 'pb', now(), 77, '{}', '{}', 2);
INSERT INTO forecast_models (model_id, klaviyo_public_id, world, metric_name, model_type, parameters)
    VALUES (1, 'A', 'orders', 'y', 'x', '{}'), (2, 'B', 'orders', 'y', 'x', '{}'), (3, NULL, 'sales', 'y', 'x', '{}');
INSERT INTO forecast_predictions (model_id, date, value)
    VALUES (1, '2026-03-02', 1), (2, '2026-03-02', 2), (3, '2026-03-02', 3);
INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units)
    VALUES ('2026-03-02', 'online', 'TV', 9, 3, 1);
"""


@dataclass
class Guarded:
    """A database with roles in use: `boss` owns the tables, `app` is the program's login, `ann` reads account A."""

    server: Server
    name: str
    folder: Path

    def settings(self, login: str) -> Settings:
        return Settings(data_dir=self.folder, database_url=self.server.url(self.name, login), promolens_secret_key="k")

    @property
    def folder_of_socket(self) -> str:
        return str(self.server.folder)

    @contextmanager
    def stores(self, login: str) -> Iterator[Stores]:
        opened = open_stores(self.settings(login))
        yield opened
        close_stores(opened)

    @contextmanager
    def connected(self, login: str, role: str = "", account: str = "") -> Iterator[psycopg.Connection[Any]]:
        """A connection of that login in one transaction, rolled back at the end."""
        with psycopg.connect(host=str(self.server.folder), user=login, dbname=self.name) as connection:
            if account:
                connection.execute("SELECT set_config('promolens.account', %s, true)", [account])
            if role:
                connection.execute("SELECT set_config('role', %s, true)", [role])
            yield connection
            connection.rollback()


def guarded_database(server: Server, folder: Path) -> Guarded:
    """Made once for the server, which keeps its logins and roles."""
    for statement in (
        "CREATE ROLE boss LOGIN CREATEROLE",
        "GRANT pg_read_all_settings TO boss",
        "CREATE ROLE app LOGIN NOINHERIT",
        "CREATE ROLE ann LOGIN",
        "CREATE ROLE eve LOGIN",
        "CREATE DATABASE guarded OWNER boss",
    ):
        server.run(statement)
    found = Guarded(server, "guarded", folder)
    with found.stores("boss") as stores:
        migrate(stores)
        with stores.operational.write() as session:
            for statement in ROWS.strip().split(";\n"):
                session.execute_text(statement)
            session.execute_text("SELECT sales_partitions('2026-03-01', '2026-03-01')")
        roles.install(stores.operational, ["app"], [roles.Reader("ann", "A")])
    return found
