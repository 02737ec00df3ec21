"""The page's query runner: it exposes nothing but relations already filtered by the scope.

Every relation that a read statement names (`-- reads:`) is put in front of it as a common table expression of the same
name, filtered to the account. A statement that names a relation which it does not declare is refused. Where the
database has roles (docs/security.md) it runs with a reader's rights, and other accounts' rows are left out once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from data_access import statements
from data_access.engines.base import Apart, Part, Session, Store, Walled
from data_access.plain_rows import plain_columns, plain_rows, plain_tuples
from data_access.scope import Right, Scope

# Relations without an account that everybody may read.
SHARED = frozenset({"dim_time", "holidays", "exchange_rates"})
# Company data: governed by role alone.
PROMO = frozenset(
    {
        "sales_aggregated", "promo_scenarios", "scenario_versions", "scenario_kpis", "validation_reports",
        "post_mortem_reports", "creative_briefs", "brief_versions", "segments", "uplift_coefficients",
        "data_processing_jobs", "targets", "promo_catalog", "opportunities", "sales_daily_summary",
        "scenario_comparison_view", "uplift_models", "uplift_responses", "promo_settings", "company_versions",
    }
)  # fmt: skip
ACCOUNT = frozenset(
    {
        "klaviyo_orders", "klaviyo_order_line_items", "refund_cancelled_orders", "order_deductions",
        "order_attribution", "projection_rejects", "customer_profiles", "products_master",
        "product_relationships_optimized", "campaign_statistics", "campaign_message_statistics", "flow_statistics",
        "form_statistics", "form_version_statistics", "segment_statistics", "segment_memberships",
        "campaign_daily_aggregates", "flow_days", "account_metrics_daily", "klaviyo_metrics", "klaviyo_profiles",
        "klaviyo_events",
        "klaviyo_attributions", "klaviyo_campaigns", "klaviyo_campaign_messages", "klaviyo_flows",
        "klaviyo_flow_actions", "klaviyo_flow_messages", "klaviyo_lists", "klaviyo_segments", "klaviyo_forms",
        "klaviyo_form_versions", "klaviyo_tags", "klaviyo_catalog_items", "klaviyo_catalog_variants",
        "klaviyo_catalog_categories", "klaviyo_syncs", "klaviyo_aggregated_metrics", "fact_revenue", "fact_engagement",
        "fact_conversions", "sync_jobs", "sync_cursors", "data_versions", "settings", "annotations", "saved_views",
        "campaignstats", "order_loads", "derived_states", "customer_values", "cohort_months",
        "order_baskets", "basket_products", "customer_history_blocks", "product_trends", "message_days",
        "mailbox_days", "contact_weeks", "reachable_profiles", "basket_relationships", "basket_bundles",
        "list_sizes", "flows_by_day", "holdouts", "holdout_arms", "holdout_contacts",
    }
)  # fmt: skip
# Forecasts: an account's own, or the company's, which have none. Of the two others the rows of those models.
FORECAST = frozenset({"forecast_models", "forecast_predictions", "model_performance"})
# Views that somebody saved: of an account, or of the company's pages, which have none.
OF_EITHER = frozenset({"saved_views"})
# Relations in which columns tell who a person is, with the columns that do not: for a scope without the right to see
# personal data there are no others. The database's own rights by column (sql/postgresql/roles/grants.sql) are the same.
IMPERSONAL = {
    "klaviyo_profiles": (
        "klaviyo_public_id", "id", "created_at", "updated_at", "last_event_date", "subscriptions",
        "predictive_analytics", "merged_into", "deleted_at", "is_stub",
    ),
    "klaviyo_events": ("klaviyo_public_id", "id", "metric_id", "profile_id", "timestamp", "value", "ingest_seq"),
}  # fmt: skip
# The warehouse's columns that tell who a person is. For such a scope an e-mail is masked: its first letter and what
# stands after its last dot; other columns are left out.
PERSONAL_IN_WAREHOUSE = {
    "customer_profiles": ("customer_email",),
    "customer_states": ("customer_email",),
    "klaviyo_orders": ("customer_email", "shipping_city", "shipping_state", "shipping_zip"),
    "refund_cancelled_orders": ("customer_email", "event_properties", "profile_properties"),
}
_MASKED = {
    "duckdb": "left(customer_email, 1) || '•••@•••.' || regexp_extract(customer_email, '[^.@]*$')",
    "clickhouse": "concat(substringUTF8(assumeNotNull(customer_email), 1, 1), '•••@•••.',"
    " extract(assumeNotNull(customer_email), '[^.@]*$'))",
}
_LEFT_OUT = {"duckdb": "EXCLUDE", "clickhouse": "EXCEPT"}
# What would change whose rights a statement has, run a text that nobody has looked at, or hide either in a literal.
_ESCAPES = re.compile(
    r"\b(set_config|(query|cursor|table|schema|database)_to_xml\w*|dblink\w*|pg_(read|ls|terminate|cancel)_\w+|lo_\w+)\b"
    r"|\b(u&|e)['\"]|\$\w*\$",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)


class ScopedSession:
    """Read statements, for one account (None: of the company's relations alone) and the scope's rights."""

    def __init__(self, session: Session, scope: Scope, account: str | None) -> None:
        scope.require(*((Right.PROMO_READ,) if account is None else (Right.VIEW, account)))
        self._session = session
        self._scope = scope
        self._account = account

    def query(self, name: str, /, **params: Any) -> pa.Table:
        """Rows as Arrow. Raises NotPermitted, StatementError, StoreError."""
        text, bound = self._composed(name, params)
        return self._session.query_text(text, bound, name)

    def long_rows(self, name: str, /, **params: Any) -> pa.Table:
        """As `query`, for few rows of long lists: in one chunk or several, whichever the engine does with less work."""
        text, bound = self._composed(name, params)
        if isinstance(self._session, Apart):
            return self._session.query_apart(text, bound)
        return self._session.query_text(text, bound, name)

    def _composed(self, name: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The statement's text for the scope, and its values."""
        statement = statements.load(name, self._session.dialect)
        part = statement.single
        bound = {key: params[key] for key in part.names}
        text, needs_account = self._filtered(statement, part.text)
        if needs_account:
            bound["scope_account"] = self._account
        return text, bound

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        return plain_rows(self.query(name, **params))

    def tuples(self, name: str, /, **params: Any) -> list[tuple[Any, ...]]:
        """As `rows`, each in the order of the statement's columns: for thousands of short rows."""
        return list(plain_tuples(self.query(name, **params)))

    def columns(self, name: str, /, **params: Any) -> dict[str, Sequence[Any]]:
        """As `rows`, by column."""
        return plain_columns(self.query(name, **params))

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        found = self.rows(name, **params)
        return found[0] if found else None

    def _filtered(self, statement: statements.Statement, text: str) -> tuple[str, bool]:
        if escape := _ESCAPES.search(text) or re.search(";", _BESIDE.sub(" ", text)):
            raise statements.StatementError(f"{statement.name}.sql holds '{escape.group()}', which pages may not use")
        undeclared = statement.sources - set(statement.reads)
        if undeclared:
            raise statements.StatementError(f"{statement.name}.sql reads {sorted(undeclared)} without declaring it")
        clauses = []
        for relation in statement.reads:
            if relation in SHARED:
                continue
            if relation in PROMO:
                self._scope.require(Right.PROMO_READ)
            elif relation in FORECAST:
                clauses.append(_of_models(relation, statement.dialect, self._account is None))
            elif relation in OF_EITHER and self._account is None:
                clauses.append(_of_company(relation, statement.dialect))
            elif relation in ACCOUNT and self._account is None:
                raise statements.StatementError(f"{statement.name}.sql reads '{relation}', which belongs to an account")
            elif relation in ACCOUNT:
                shown = (
                    "*" if self._scope.allows(Right.PII, self._account) else _impersonal(relation, statement.dialect)
                )
                seen = f"visible_{relation}" if relation in getattr(self._session, "viewed", ()) else relation
                clauses.append(_clause(relation, seen, statement.dialect, shown))
            else:
                raise statements.StatementError(f"{statement.name}.sql reads '{relation}', which pages may not read")
        if not clauses:
            return text, False
        needed = self._account is not None
        body = re.sub(r"\A(?:\s*--[^\n]*\n)*", "", text).lstrip()
        own = re.match(r"with(\s+recursive)?\b", body, re.IGNORECASE)
        if own is None:
            return f"WITH {', '.join(clauses)} {body}", needed
        return f"{own.group()} {', '.join(clauses)}, {body[own.end() :]}", needed


def _impersonal(relation: str, dialect: str) -> str:
    """The columns of a relation as they are for a scope that may not see who a person is."""
    if relation in IMPERSONAL:
        return ", ".join(IMPERSONAL[relation])
    if relation not in PERSONAL_IN_WAREHOUSE:
        return "*"
    others = ", ".join(column for column in PERSONAL_IN_WAREHOUSE[relation] if column != "customer_email")
    left_out = f"{_LEFT_OUT[dialect]} ({others}) " if others else ""
    masked = f"CASE WHEN customer_email LIKE '%@%' THEN {_MASKED[dialect]} ELSE customer_email END"
    return f"* {left_out}REPLACE ({masked} AS customer_email)"


def _of_models(relation: str, dialect: str, of_company: bool) -> str:
    """The models of the scope's account, or of none, and the rows of those models."""
    schema = {"duckdb": "main", "postgresql": "public"}[dialect]
    own = "IS NULL" if of_company else f"= {_marker(dialect)}"
    held = f"klaviyo_public_id {own}"
    if relation != "forecast_models":
        held = f"model_id IN (SELECT m.model_id FROM {schema}.forecast_models AS m WHERE m.{held})"  # noqa: S608
    return f"{relation} AS NOT MATERIALIZED (SELECT * FROM {schema}.{relation} WHERE {held})"  # noqa: S608


def _of_company(relation: str, dialect: str) -> str:
    """The rows that belong to no account."""
    schema = {"duckdb": "main", "postgresql": "public"}[dialect]
    return f"{relation} AS NOT MATERIALIZED (SELECT * FROM {schema}.{relation} WHERE klaviyo_public_id IS NULL)"  # noqa: S608


def _marker(dialect: str) -> str:
    if dialect == "clickhouse":
        return "{scope_account:String}"
    return {"duckdb": "$scope_account"}.get(dialect, "%(scope_account)s")


def _clause(relation: str, seen: str, dialect: str, columns: str) -> str:
    marker = _marker(dialect)
    schema = {"duckdb": "main", "postgresql": "public"}.get(dialect)
    source = f"{schema}.{seen}" if schema else seen
    hint = "" if dialect == "clickhouse" else "NOT MATERIALIZED "
    # `relation`, `seen` and `columns` are among the names listed above, never a caller's text.
    return f"{relation} AS {hint}(SELECT {columns} FROM {source} WHERE klaviyo_public_id = {marker})"  # noqa: S608


@contextmanager
def scoped_read(store: Store, scope: Scope, account: str) -> Iterator[ScopedSession]:
    """A snapshot of one store, of which only the account's rows are seen. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    part = Part.PERSONAL_READER if scope.allows(Right.PII, account) else Part.READER
    with store.read_as(part, account) if isinstance(store, Walled) else store.read() as session:
        yield ScopedSession(session, scope, account)


@contextmanager
def promo_read(store: Store, scope: Scope) -> Iterator[ScopedSession]:
    """A snapshot of the company's data, which belong to no account and are there without one. Raises NotPermitted,
    StoreError."""
    scope.require(Right.PROMO_READ)
    with store.read_as(Part.READER, "") if isinstance(store, Walled) else store.read() as session:
        yield ScopedSession(session, scope, None)


@contextmanager
def promo_write(store: Store, scope: Scope, right: Right = Right.PROMO_WRITE) -> Iterator[Session]:
    """A transaction in which a planner changes promo tables; right: the one that the change needs. Raises NotPermitted,
    StoreError."""
    scope.require(right)
    with store.write_as(Part.PLANNER) if isinstance(store, Walled) else store.write() as session:
        yield session


@contextmanager
def access_write(store: Store, scope: Scope, account: str | None) -> Iterator[Session]:
    """A transaction in which an admin gives or takes a role for an account, or for all of them (None). Raises
    NotPermitted, StoreError."""
    scope.require(Right.ADMIN, account)
    with store.write_as(Part.KEEPER) if isinstance(store, Walled) else store.write() as session:
        yield session


@contextmanager
def promo_load(store: Store, scope: Scope, right: Right = Right.PROMO_WRITE) -> Iterator[Session]:
    """A transaction in which what a planner hands in is loaded in bulk: the company's sales, promotions, targets and
    segments; and models of uplift. It runs with the loader's rights, as every load does; right: the one that the person
    needs. Raises NotPermitted, StoreError."""
    scope.require(right)
    with store.write() as session:
        yield session
