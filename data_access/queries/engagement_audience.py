"""What stands behind one segment and one form of the engagement page."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.engagement_audience import FormDays, SegmentDetail, Share
from analytics.periods import Period
from data_access.queries.engagement_behind import form_counts
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class AudienceQuery:
    """A segment or form by its id, in a period."""

    id: str
    period: Period


@repeatable
def segment_detail(stores: Stores, scope: Scope, account: str, asked: AudienceQuery) -> SegmentDetail | None:
    """A segment's days and its overlap with RFM; None where nothing is known of it in the period.

    Rests on the derived dataset 'customers'. Raises NotPermitted, StoreError.
    """
    period = asked.period
    with scoped_read(stores.warehouse, scope, account) as session:
        days = session.rows("read/engagement/segment_history", segment=asked.id, start=period.start, end=period.end)
        if not days:
            return None
        members = session.rows("read/engagement/segment_overlap", segment=asked.id)
        sizes = session.rows("read/engagement/rfm_sizes") if members else []
    customers = {row["rfm"]: int(row["customers"]) for row in sizes}
    overlap = [Share(row["rfm"], int(row["members"]), customers.get(row["rfm"], 0)) for row in members]
    return SegmentDetail(
        id=asked.id,
        name=days[-1]["name"] or asked.id,
        days={
            row["day"]: (
                None if row["members"] is None else int(row["members"]), int(row["joined"] or 0), int(row["gone"] or 0)
            )
            for row in days
        },
        overlap=sorted(overlap, key=lambda each: (-each.members, each.rfm_segment)),
        snapshot=max((row["snapshot"] for row in members), default=None),
    )  # fmt: skip


@repeatable
def form_days(stores: Stores, scope: Scope, account: str, asked: AudienceQuery) -> FormDays:
    """A form's views and submits by day. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/engagement/form_days", form=asked.id, start=asked.period.start, end=asked.period.end)
    return {row["day"]: form_counts(row) for row in rows}
