"""Who may be sent messages, by channel and day of the last reaction: an open or click by people, or an order.

One row a profile stands in `reachable_people`. Loads note in `reach_changed` whose consents changed, and the events
below who reacted, so that a refresh looks at those profiles alone, and at those that merged since.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time

from data_access.account_days import ONE_DAY
from data_access.conversion import AccountBasis
from data_access.engines.base import Session


def _note_reactions(session: Session, basis: AccountBasis, start: datetime, end: datetime) -> None:
    """Takes in the events of [start, end); instants only ever move on, so that no order of days matters."""
    session.execute(
        "aggregate/profile_reactions",
        account=basis.account,
        conversion=basis.conversion_metric or "",
        range_start=start,
        range_end=end,
    )


def rebuild_reachable(
    session: Session, basis: AccountBasis, days: Collection[date], *, everybody: bool, from_scratch: bool
) -> None:
    """Brings up to date who may be sent messages: consents, merges and reactions as they are now.

    days: whose events (by UTC) are new. everybody: all profiles are looked at, with the same result. from_scratch: what
    was known of reactions before is forgotten first; where events are no longer kept it stays instead. `metric_roles`
    are staged.
    """
    if from_scratch:
        session.execute("aggregate/profile_reactions_begin", account=basis.account)
    if everybody:
        session.execute("aggregate/reachable_begin", account=basis.account)
    if days:
        start = datetime.combine(min(days), time(), UTC)
        _note_reactions(session, basis, start, datetime.combine(max(days) + ONE_DAY, time(), UTC))
    session.stage("merged_now", session.query("project/merged_profiles", account=basis.account))
    session.execute("aggregate/reachable_profiles", account=basis.account, timezone=basis.timezone)
