"""What is configurable, how it is checked, and that all of it is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from settings import PROJECT_ROOT, Settings, get_settings


def from_environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings()


# --- documentation, both ways -----------------------------------------------------------------------------------------


def documented() -> dict[str, tuple[str, str]]:
    """Setting → (what it does, default) of docs/settings.md."""
    text = (PROJECT_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return {
        name: (what, default) for name, what, default in re.findall(r"^\| `([A-Z_]+)` \| (.*) \| (.*) \|$", text, re.M)
    }


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert sorted(documented()) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_is_documented_in_its_own_words_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    what, default = documented()[name.upper()]
    assert what == field.description
    assert default == ("–" if field.default in (None, "") else f"`{field.default}`")


def test_the_fixed_names_are_there() -> None:
    fixed = {
        "DATABASE_URL", "WAREHOUSE_URL", "DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME", "KLAVIYO_API_KEY",
        "KLAVIYO_BASE_URL", "KLAVIYO_REVISION", "PROMOLENS_SECRET_KEY",
    }  # fmt: skip
    assert fixed <= {name.upper() for name in Settings.model_fields}


# --- where the data are -----------------------------------------------------------------------------------------------


def test_both_stores_default_to_one_embedded_file() -> None:
    settings = Settings()
    assert settings.database_url == settings.warehouse_url == "duckdb:///data/promolens.duckdb"
    assert settings.spool_dir == Path("data/spool")


def test_the_data_folder_moves_both(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(monkeypatch, DATA_DIR="/srv/promolens")
    assert settings.database_url == settings.warehouse_url == "duckdb:////srv/promolens/promolens.duckdb"


def test_the_warehouse_follows_an_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(monkeypatch, DATABASE_URL="duckdb:///own.duckdb")
    assert settings.warehouse_url == "duckdb:///own.duckdb"


def test_the_warehouse_stays_embedded_beside_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(monkeypatch, DATABASE_URL="postgresql+psycopg://u:p@db/x")
    assert settings.warehouse_url == "duckdb:///data/promolens.duckdb"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"DB_HOST": "db"}, "postgresql+psycopg://klaviyo:klaviyo_pass@db:5432/klaviyo_analytics"),
        ({"DB_PORT": "6432"}, "postgresql+psycopg://klaviyo:klaviyo_pass@localhost:6432/klaviyo_analytics"),
        ({"DB_USER": "me"}, "postgresql+psycopg://me:klaviyo_pass@localhost:5432/klaviyo_analytics"),
        (
            {"DB_PASSWORD": "p@ss/wörd:"},
            "postgresql+psycopg://klaviyo:p%40ss%2Fw%C3%B6rd%3A@localhost:5432/klaviyo_analytics",
        ),
        ({"DB_NAME": "shop"}, "postgresql+psycopg://klaviyo:klaviyo_pass@localhost:5432/shop"),
        ({"DB_HOST": "db", "DATABASE_URL": "duckdb:///x.duckdb"}, "duckdb:///x.duckdb"),
        ({"DB_HOST": "", "DB_PORT": ""}, "duckdb:///data/promolens.duckdb"),
    ],
)
def test_single_values_of_postgresql_choose_it(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: str
) -> None:
    assert from_environment(monkeypatch, **given).database_url == expected


# --- values that do not fit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://x/y", "'mysql://' is not supported; use one of duckdb, postgresql+psycopg"),
        ("DATABASE_URL", "clickhousedb://x/y", "not supported"),
        ("WAREHOUSE_URL", "postgresql+psycopg://x/y", "use one of duckdb, clickhousedb, chdb"),
        ("DATABASE_URL", "data/x.duckdb", "not supported"),
        ("DB_PORT", "five", "integer"),
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("KLAVIYO_CONCURRENCY", "0", "greater than or equal to 1"),
        ("RAW_RESPONSES", "some", "'all', 'envelope' or 'none'"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("DUCKDB_MEMORY_LIMIT", "lots", "match pattern"),
        ("KLAVIYO_BASE_URL", "a.klaviyo.com", "http"),
        ("KLAVIYO_REVISION", "newest", "match pattern"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        from_environment(monkeypatch, **{name: value})
    assert says in str(caught.value)
    assert len(caught.value.errors()) == 1


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file passes KLAVIYO_API_KEY= where nobody gave a key: that is no key."""
    settings = from_environment(monkeypatch, KLAVIYO_API_KEY="", PROMOLENS_SECRET_KEY="", PORT="")
    assert settings.klaviyo_api_key is None
    assert settings.promolens_secret_key is None
    assert settings.port == 8501


# --- secrets and the rest ---------------------------------------------------------------------------------------------


def test_no_secret_is_ever_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(
        monkeypatch, KLAVIYO_API_KEY="pk_secret", PROMOLENS_SECRET_KEY="key_secret", DB_PASSWORD="db_secret",
        SMTP_PASSWORD="mail_secret",
    )  # fmt: skip
    assert settings.klaviyo_api_key == SecretStr("pk_secret")
    shown = f"{settings!r} {settings}"
    assert "pk_secret" not in shown
    assert "key_secret" not in shown
    assert "db_secret" not in shown
    assert "mail_secret" not in shown
    with pytest.raises(ValidationError) as caught:
        from_environment(monkeypatch, DATABASE_URL="mysql://me:url_secret@db/x")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValidationError, match="a password is not sent unencrypted") as refused:
        from_environment(monkeypatch, SMTP_PASSWORD="mail_secret", SMTP_TLS="none")
    assert "mail_secret" not in str(refused.value)


def test_an_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text("PORT=9000\nLOG_LEVEL=ERROR\nSOMETHING_ELSE=1\nKLAVIYO_API_KEY=\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    settings = Settings(_env_file=path)  # type: ignore[call-arg]
    assert (settings.port, settings.log_level, settings.klaviyo_api_key) == (9000, "DEBUG", None)


def test_settings_are_read_once_and_never_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    get_settings.cache_clear()
    first = get_settings()
    monkeypatch.setenv("PORT", "9000")
    assert get_settings() is first
    with pytest.raises(ValidationError, match="frozen"):
        first.port = 1  # type: ignore[misc]
    get_settings.cache_clear()


def test_metric_names_are_compared_without_case(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment(monkeypatch, SYNC_METRICS=" Placed Order, opened EMAIL ,").metric_names == (
        "placed order",
        "opened email",
    )


def test_a_base_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment(monkeypatch, KLAVIYO_BASE_URL=" http://127.0.0.1:8600/ ").klaviyo_base_url == (
        "http://127.0.0.1:8600"
    )
