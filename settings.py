"""The only reader of the environment: what is configurable is a field of `Settings`, described in docs/settings.md."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent
SCHEMA_VERSION = "1.0.0"

OPERATIONAL_SCHEMES = ("duckdb", "postgresql+psycopg")
WAREHOUSE_SCHEMES = ("duckdb", "clickhousedb", "chdb")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")
_NO_ADDRESS = "an address without :// or a kind before it is not supported"


class Settings(BaseSettings):
    """Settings from the environment and `.env`. Names in the environment are the field names in capitals."""

    # An empty variable counts as not set: a compose file passes KLAVIYO_API_KEY= where nobody gave a key.
    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # the input of a refused value may stand beside a key
    )

    # where the data are
    data_dir: Path = Field(Path("data"), description="Folder of the embedded database, the spool and logs.")
    database_url: str = Field("", repr=False, description="Operational store: duckdb:///path or postgresql+psycopg://…")
    warehouse_url: str = Field(
        "", repr=False, description="Warehouse: duckdb:///path, clickhousedb://… or chdb:///path"
    )
    db_host: str | None = Field(None, description="PostgreSQL host; any DB_* without DATABASE_URL chooses PostgreSQL.")
    db_port: int | None = Field(None, description="PostgreSQL port (5432).")
    db_user: str | None = Field(None, description="PostgreSQL user (klaviyo).")
    db_password: SecretStr | None = Field(None, description="PostgreSQL password (klaviyo_pass).")
    db_name: str | None = Field(None, description="PostgreSQL database (klaviyo_analytics).")
    db_pool_size: int = Field(20, ge=1, description="Most connections to PostgreSQL of one process.")
    db_idle_seconds: int = Field(30, ge=1, description="A connection to PostgreSQL that idles this long is closed.")
    db_connect_timeout_seconds: int = Field(2, ge=2, description="Longest wait for PostgreSQL to take a connection.")
    db_pool_wait_seconds: float = Field(
        10, gt=0, description="Longest wait for a connection of the pool while all are in use."
    )
    duckdb_memory_limit: str = Field(
        "4GB", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$", description="Memory limit of the embedded database."
    )
    duckdb_threads: int = Field(0, ge=0, description="Threads of the embedded database; 0 = all cores.")
    clickhouse_cluster: str = Field(
        "",
        pattern=r"^\w*$",
        description="Name of the ClickHouse cluster: replicated, distributed tables; empty = none.",
    )
    slow_query_ms: int = Field(1000, ge=0, description="A server's statement that takes longer is logged; 0 = none.")

    # Klaviyo
    klaviyo_api_key: SecretStr | None = Field(None, description="Private key of an account to register and sync.")
    klaviyo_base_url: str = Field(
        "https://a.klaviyo.com", pattern=r"^https?://[^/\s]+", description="Base address of the Klaviyo API."
    )
    klaviyo_revision: str = Field(
        "2026-07-15", pattern=r"^\d{4}-\d{2}-\d{2}(\.\w+)?$", description="API revision sent with every request."
    )
    klaviyo_timeout_seconds: float = Field(60, gt=0, description="Longest wait for one answer of the API.")
    klaviyo_concurrency: int = Field(32, ge=1, le=64, description="Slices of a walk that are fetched side by side.")
    klaviyo_limits: bool = Field(True, description="Keep to Klaviyo's rate windows; off only against an emulator.")

    klaviyo_oauth_client_id: str = Field("", description="Id of your Klaviyo app, to connect accounts by sign-in.")
    klaviyo_oauth_client_secret: SecretStr | None = Field(None, description="Secret of your Klaviyo app.")
    klaviyo_oauth_authorize_url: str = Field(
        "https://www.klaviyo.com/oauth/authorize",
        pattern=r"^https?://[^/\s]+",
        description="Page where a person permits the app to read a store.",
    )
    klaviyo_oauth_port: int = Field(
        8765, ge=0, le=65535, description="Port on 127.0.0.1 that sign-in comes back to; 0 = a free one."
    )
    klaviyo_oauth_scopes: str = Field(
        "accounts:read campaigns:read catalogs:read events:read flows:read forms:read lists:read metrics:read"
        " profiles:read segments:read tags:read",
        description="What the app asks to read, parted by spaces.",
    )
    klaviyo_oauth_ahead_seconds: int = Field(
        300, ge=0, description="An access token is refreshed this long before it ends."
    )

    # sync
    sync_history_days: int = Field(0, ge=0, description="How far back the first sync reads, in days; 0 = everything.")
    sync_lookback_hours: int = Field(24, ge=1, description="Overlap of an incremental walk of events, in hours.")
    sync_attribution_days: int = Field(7, ge=1, description="Trailing days whose attribution is read again.")
    sync_metrics: str = Field("", description="Comma-separated names of metrics to sync; empty = all.")
    sync_segments: str = Field(
        "",
        description="Comma-separated names or ids of segments whose members are kept, a snapshot a week; empty = none.",
    )
    sync_predictions: bool = Field(
        True, description="Read Klaviyo's predictions of each profile too, 150 pages a minute instead of 700."
    )
    sync_at_start: bool = Field(False, description="Sync a store when its page is first opened after the app's start.")
    sync_lease_seconds: int = Field(30, ge=5, description="A running job without a heartbeat this long is taken over.")
    sync_pause_seconds: int = Field(
        30, ge=0, description="Seconds from the start of a store's sync until the next can be asked for; 0 = none."
    )
    report_daily_quota: int = Field(225, ge=1, description="Calls a day that Klaviyo permits on a report endpoint.")
    report_quota_reserve: int = Field(45, ge=0, description="Calls of the daily quota kept for people who press Sync.")
    raw_responses: Literal["all", "envelope", "none"] = Field(
        "envelope", description="Raw API responses kept of event pages: whole, without the events themselves, or none."
    )
    spool_max_mb: int = Field(2048, ge=16, description="The fetcher waits while the spool holds more than this.")

    # what is done by the clock
    schedule: Literal["auto", "app", "off"] = Field(
        "auto", description="Who does what is due: auto = the app, on the embedded database only; app = the app; off."
    )
    schedule_rhythm: str = Field(
        "", description="Other rhythms than the usual: sync=30m, refresh=daily 01:30, pairs=off."
    )
    schedule_timezone: str = Field("UTC", description="Zone of the times of day of work on the whole installation.")

    # e-mail
    smtp_host: str = Field("", description="Mail server that the digest is sent through; empty = none is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field("", description="User at the mail server; empty = no sign-in.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is encrypted: after STARTTLS, from the start, or not."
    )
    smtp_ca_file: Path | None = Field(
        None, description="Certificates (PEM) that the mail server's is checked by; by default the system's."
    )
    smtp_timeout_seconds: float = Field(20, gt=0, description="Longest wait for an answer of the mail server.")
    smtp_sender: str = Field("", description="Address that the digest comes from; by default SMTP_USER.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+[^\s]*)?$",
        description="Address of the app as people open it, for links in the digest; empty = no links.",
    )

    # operations
    retention_raw_responses_days: int = Field(
        30, ge=0, description="Days that raw API responses are kept; 0 = for ever."
    )
    retention_events_months: int = Field(
        12, ge=0, description="Months that events, and the people of holdouts, are kept; 0 = for ever."
    )
    retention_aggregated_metrics_months: int = Field(
        24, ge=0, description="Months that aggregated metrics are kept; 0 = for ever."
    )
    retention_predictions_months: int = Field(
        6, ge=0, description="Months that predictions are kept after the day they are for; 0 = for ever."
    )
    retention_scenario_kpis_months: int = Field(
        24, ge=0, description="Months that the simulated figures of scenarios are kept; 0 = for ever."
    )
    retention_post_mortems_months: int = Field(36, ge=0, description="Months that post-mortems are kept; 0 = for ever.")
    retention_sync_jobs_days: int = Field(
        365, ge=0, description="Days that runs of syncs, and which chunks they loaded, are kept; 0 = for ever."
    )
    retention_processing_jobs_days: int = Field(
        90, ge=0, description="Days that the jobs of loaded files are kept; 0 = for ever."
    )

    backup_dir: Path | None = Field(None, description="Folder of the backups; by default `backups` in DATA_DIR.")
    backup_keep_days: int = Field(30, ge=0, description="Days that backups are kept; 0 = for ever.")

    # secrets and the server
    require_encrypted_volume: bool = Field(
        False, description="Whether doctor insists that DATA_DIR is on an encrypted volume."
    )
    promolens_secret_key: SecretStr | None = Field(
        None, description="Key(s), comma-separated, newest first, that encrypt API keys; without it a key file is made."
    )
    host: str = Field("127.0.0.1", description="Address that the app listens on.")
    port: int = Field(8501, ge=1, le=65535, description="Port that the app listens on.")
    sign_in_file: Path | None = Field(
        None, description="TOML file with the providers of sign-in; by default .streamlit/secrets.toml where it exists."
    )
    sign_in_hours: float = Field(12, gt=0, description="A person signs in again after this many hours.")
    sign_in_groups_claim: str = Field(
        "groups", description="The provider's claim with a person's groups; grants to group:NAME count for them."
    )
    sign_in_roles_claim: str = Field(
        "",
        description="The provider's claim that spells roles out: planner, marketer@STORE, admin@*+pii; empty = none.",
    )
    sign_in_roles_prefix: str = Field("", description="What stands before each role in that claim, like promolens-.")
    sign_in_unverified_email: bool = Field(
        False, description="Take a provider's e-mail address without its claim email_verified: Entra ID sends none."
    )
    allow_remote_without_sign_in: bool = Field(
        False, description="Serve on another address than 127.0.0.1 without sign-in: everybody there is an admin."
    )
    allowed_hosts: str = Field(
        "",
        description="Names that the app answers to beside this machine's and those of redirect_uri and PUBLIC_URL;"
        " * = any.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses of proxies that are believed who asks and whether by https, parted by commas.",
    )
    frame_ancestors: str = Field(
        "",
        pattern=r"^(https?://[\w.*:-]+( +|$))*$",
        description="Addresses of pages that may show the app in a frame, parted by spaces; empty = none.",
    )
    sign_ins_per_minute: int = Field(
        30, ge=1, description="Sign-ins that one network address may begin, and end, in a minute."
    )
    sign_ins_per_minute_together: int = Field(
        300, ge=1, description="Sign-ins that all addresses together may begin, and end, in a minute."
    )
    cache_ttl_seconds: int = Field(3600, ge=1, description="How long a page's cached figures are kept.")
    cache_max_entries: int = Field(256, ge=1, description="How many pages' cached figures are kept.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe line logged.")

    @field_validator("database_url", "warehouse_url", "klaviyo_base_url", mode="before")
    @classmethod
    def _strip(cls, value: str) -> str:
        text = value.strip()
        return text.rstrip("/") if text.startswith("http") else text

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Settings:
        if self.smtp_password is not None and self.smtp_tls == "none":
            raise ValueError("SMTP_TLS: a password is not sent unencrypted; use starttls or tls")
        return self

    @field_validator("schedule_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"'{value}' is not a time zone like Europe/Berlin") from error
        return value

    @model_validator(mode="after")
    def _resolve_urls(self) -> Settings:
        embedded = f"duckdb:///{self.data_dir / 'promolens.duckdb'}"
        operational = self.database_url or self._postgresql_url() or embedded
        warehouse = self.warehouse_url or (operational if operational.startswith("duckdb:") else embedded)
        for name, url, schemes in (
            ("DATABASE_URL", operational, OPERATIONAL_SCHEMES),
            ("WAREHOUSE_URL", warehouse, WAREHOUSE_SCHEMES),
        ):
            scheme, marked, _ = url.partition("://")
            if scheme not in schemes:
                # Without :// what stands there may begin with a password.
                said = f"'{scheme}://' is not supported" if marked and _SCHEME.fullmatch(scheme) else _NO_ADDRESS
                raise ValueError(f"{name}: {said}; use one of {', '.join(schemes)}")
        object.__setattr__(self, "database_url", operational)
        object.__setattr__(self, "warehouse_url", warehouse)
        return self

    def _postgresql_url(self) -> str:
        given = (self.db_host, self.db_port, self.db_user, self.db_password, self.db_name)
        if all(value is None for value in given):
            return ""
        user = quote(self.db_user or "klaviyo", safe="")
        password = quote(self.db_password.get_secret_value() if self.db_password else "klaviyo_pass", safe="")
        name = quote(self.db_name or "klaviyo_analytics", safe="")
        return f"postgresql+psycopg://{user}:{password}@{self.db_host or 'localhost'}:{self.db_port or 5432}/{name}"

    def secrets(self) -> frozenset[str]:
        """Every value that must appear nowhere: keys, passwords, those within addresses of databases too."""
        found: set[str] = set()
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                found |= {value.get_secret_value(), *value.get_secret_value().split(",")}
        for url in (self.database_url, self.warehouse_url):
            found |= _passwords_within(url)
        return frozenset(word.strip() for word in found if word.strip())

    @property
    def spool_dir(self) -> Path:
        """Where fetched chunks wait for the process that owns the store."""
        return self.data_dir / "spool"

    @property
    def sign_in_path(self) -> Path | None:
        """The file of the providers of sign-in, None where there is none. A file that is named must be there."""
        usual = PROJECT_ROOT / ".streamlit" / "secrets.toml"
        return self.sign_in_file or (usual if usual.is_file() else None)

    @property
    def schedule_in_app(self) -> bool:
        """Whether the app itself does what is due."""
        return self.schedule == "app" or (self.schedule == "auto" and self.database_url.startswith("duckdb:"))

    @property
    def backup_folder(self) -> Path:
        """Where backups are written unless another folder is named."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def segment_names(self) -> tuple[str, ...]:
        """Names and ids of the segments whose members are kept."""
        return tuple(name.strip() for name in self.sync_segments.split(",") if name.strip())

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics to sync, lower-cased; empty = all."""
        return tuple(name.strip().lower() for name in self.sync_metrics.split(",") if name.strip())


def _passwords_within(url: str) -> set[str]:
    """The password of an address, as it stands there and as it is meant; of a broken one whatever may be it."""
    rest = url.partition("://")[2]
    before, at, _ = rest.rpartition("@")
    found = {before.partition(":")[2]} if at else set()
    found |= {value for name, value in parse_qsl(url.partition("?")[2]) if name == "password"}
    return found | {unquote(word) for word in found}


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once. Raises pydantic.ValidationError with the field and the reason."""
    return Settings()
