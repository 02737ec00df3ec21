"""The page's query runner: it exposes nothing but relations already filtered by the scope.

Every relation that a read statement names (`-- reads:`) is put in front of it as a common table expression of the same
name, filtered to the account. A statement that names a relation which it does not declare is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from data_access import statements
from data_access.engines.base import Session, Store
from data_access.scope import Right, Scope

# Relations without an account that everybody may read.
SHARED = frozenset({"dim_time", "holidays", "exchange_rates"})
# Company data: governed by role alone.
PROMO = frozenset(
    {
        "sales_aggregated", "promo_scenarios", "scenario_versions", "scenario_kpis", "validation_reports",
        "post_mortem_reports", "creative_briefs", "segments", "uplift_coefficients", "data_processing_jobs", "targets",
        "promo_catalog", "opportunities", "sales_daily_summary", "scenario_comparison_view",
    }
)  # fmt: skip
ACCOUNT = frozenset(
    {
        "klaviyo_orders", "klaviyo_order_line_items", "refund_cancelled_orders", "order_deductions",
        "order_attribution", "projection_rejects", "customer_profiles", "products_master",
        "product_relationships_optimized", "campaign_statistics", "campaign_message_statistics", "flow_statistics",
        "form_statistics", "form_version_statistics", "segment_statistics", "segment_memberships",
        "campaign_daily_aggregates", "account_metrics_daily", "klaviyo_metrics", "klaviyo_profiles", "klaviyo_events",
        "klaviyo_attributions", "klaviyo_campaigns", "klaviyo_campaign_messages", "klaviyo_flows",
        "klaviyo_flow_actions", "klaviyo_flow_messages", "klaviyo_lists", "klaviyo_segments", "klaviyo_forms",
        "klaviyo_form_versions", "klaviyo_tags", "klaviyo_catalog_items", "klaviyo_catalog_variants",
        "klaviyo_catalog_categories", "klaviyo_syncs", "klaviyo_aggregated_metrics", "fact_revenue", "fact_engagement",
        "fact_conversions", "sync_jobs", "sync_cursors", "data_versions", "settings", "annotations", "saved_views",
        "campaignstats",
    }
)  # fmt: skip


class ScopedSession:
    """Read statements, for one account and the scope's rights."""

    def __init__(self, session: Session, scope: Scope, account: str) -> None:
        scope.require(Right.VIEW, account)
        self._session = session
        self._scope = scope
        self._account = account

    def query(self, name: str, /, **params: Any) -> pa.Table:
        """Rows as Arrow. Raises NotPermitted, StatementError, StoreError."""
        statement = statements.load(name, self._session.dialect)
        part = statement.single
        bound = {key: params[key] for key in part.names}
        text, needs_account = self._filtered(statement, part.text)
        if needs_account:
            bound["scope_account"] = self._account
        return self._session.query_text(text, bound)

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        return list(self.query(name, **params).to_pylist())

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        found = self.rows(name, **params)
        return found[0] if found else None

    def _filtered(self, statement: statements.Statement, text: str) -> tuple[str, bool]:
        undeclared = statement.sources - set(statement.reads)
        if undeclared:
            raise statements.StatementError(f"{statement.name}.sql reads {sorted(undeclared)} without declaring it")
        clauses = []
        for relation in statement.reads:
            if relation in SHARED:
                continue
            if relation in PROMO:
                self._scope.require(Right.PROMO_READ)
            elif relation in ACCOUNT:
                clauses.append(_clause(relation, statement.dialect))
            else:
                raise statements.StatementError(f"{statement.name}.sql reads '{relation}', which pages may not read")
        if not clauses:
            return text, False
        body = re.sub(r"\A(?:\s*--[^\n]*\n)*", "", text).lstrip()
        own = re.match(r"with(\s+recursive)?\b", body, re.IGNORECASE)
        if own is None:
            return f"WITH {', '.join(clauses)} {body}", True
        return f"{own.group()} {', '.join(clauses)}, {body[own.end() :]}", True


def _clause(relation: str, dialect: str) -> str:
    marker = (
        "{scope_account:String}"
        if dialect == "clickhouse"
        else {"duckdb": "$scope_account"}.get(dialect, "%(scope_account)s")
    )
    schema = {"duckdb": "main", "postgresql": "public"}.get(dialect)
    source = f"{schema}.{relation}" if schema else f"{relation}"
    hint = "" if dialect == "clickhouse" else "NOT MATERIALIZED "
    # `relation` is one of the names listed above, never a caller's text.
    return f"{relation} AS {hint}(SELECT * FROM {source} WHERE klaviyo_public_id = {marker})"  # noqa: S608


@contextmanager
def scoped_read(store: Store, scope: Scope, account: str) -> Iterator[ScopedSession]:
    """A snapshot of one store, of which only the account's rows are seen. Raises NotPermitted, StoreError."""
    with store.read() as session:
        yield ScopedSession(session, scope, account)
