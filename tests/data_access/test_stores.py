"""Which database the settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.errors import StoreError
from data_access.stores import close_stores, open_stores
from settings import Settings


def test_both_stores_are_one_database_by_default(settings: Settings) -> None:
    stores = open_stores(settings)
    try:
        assert stores.same
        assert stores.operational is stores.warehouse
        assert open_stores(settings).operational is stores.operational, "opened once a process"
        assert (settings.data_dir / "promolens.duckdb").is_file()
    finally:
        close_stores(stores)


def test_two_files_are_two_stores(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=f"duckdb:///{tmp_path}/a.duckdb", warehouse_url=f"duckdb:///{tmp_path}/b.duckdb"
    )
    stores = open_stores(settings)
    try:
        assert not stores.same
        assert {path.name for path in tmp_path.glob("*.duckdb")} == {"a.duckdb", "b.duckdb"}
    finally:
        close_stores(stores)


def test_an_address_is_relative_with_three_slashes_and_absolute_with_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("duckdb:///own/a.duckdb", f"duckdb:///{tmp_path}/own/a.duckdb"):
        stores = open_stores(Settings(data_dir=tmp_path, database_url=url))
        try:
            assert [path.name for path in (tmp_path / "own").glob("*.duckdb")] == ["a.duckdb"]
        finally:
            close_stores(stores)


def test_one_file_named_in_two_ways_is_one_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(
        data_dir=tmp_path, database_url="duckdb:///a.duckdb", warehouse_url=f"duckdb:///{tmp_path}/./a.duckdb"
    )
    stores = open_stores(settings)
    try:
        assert stores.same
    finally:
        close_stores(stores)


def test_closing_these_stores_leaves_the_others_open(tmp_path: Path) -> None:
    first = open_stores(Settings(data_dir=tmp_path / "one"))
    second = open_stores(Settings(data_dir=tmp_path / "two"))
    try:
        close_stores(first)
        with second.operational.read() as session:
            assert session.one("migrate/log_exists") is None
        with pytest.raises(StoreError), first.operational.read() as session:
            session.one("migrate/log_exists")
        again = open_stores(Settings(data_dir=tmp_path / "one"))
        assert again.operational is not first.operational
        close_stores(again)
    finally:
        close_stores(second)
