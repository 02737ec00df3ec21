"""One segment and one form, from rows that can be added up by hand, on each warehouse."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.engagement import FormCounts, FormVersion
from analytics.engagement_audience import Share, best_version
from analytics.periods import Period
from data_access.queries.engagement_audience import AudienceQuery, form_days, segment_detail
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.message_rows import form, segment
from tests.warehouse_rows import ACCOUNT, SEEN, insert

ADMIN = local_admin()
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))


def member(segment: str, day: str, profile: str) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT, "segment_id": segment, "snapshot_date": date.fromisoformat(day),
        "profile_id": profile, "joined_at": SEEN, "updated_at": SEEN,
    }  # fmt: skip


def customer(profile: str, rfm: str) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT, "customer_email": f"{profile}@example.com", "customer_id": profile,
        "rfm_segment": rfm, "last_updated": SEEN,
    }  # fmt: skip


def test_a_segment_day_by_day_and_over_rfm(warehouse: Stores) -> None:
    insert(
        warehouse, "segment_statistics", segment("s", "2026-11-08", 99, 1), segment("s", "2026-11-09", 103, 5, 1),
        segment("s", "2026-11-12", 100, 0, 3), segment("other", "2026-11-09", 7, 7),
    )  # fmt: skip
    # Ann left after the first snapshot; of the newest one Bob and Cem are customers, Dan bought nothing.
    insert(
        warehouse, "segment_memberships", member("s", "2026-11-01", "ann"), member("s", "2026-11-08", "bob"),
        member("s", "2026-11-08", "cem"), member("s", "2026-11-08", "dan"), member("other", "2026-11-15", "eve"),
    )  # fmt: skip
    insert(
        warehouse, "customer_profiles", customer("ann", "Champions"), customer("bob", "Champions"),
        customer("cem", "Lost"), customer("eve", "Lost"), customer("fay", "Champions"), customer("gus", "Champions"),
    )  # fmt: skip
    found = segment_detail(warehouse, ADMIN, ACCOUNT, AudienceQuery("s", WEEK))
    assert found is not None
    assert found.days == {date(2026, 11, 9): (103, 5, 1), date(2026, 11, 12): (100, 0, 3)}
    assert found.overlap == [Share("", 1, 0), Share("Champions", 1, 4), Share("Lost", 1, 2)]
    assert [each.reached for each in found.overlap] == [None, 25, 50]
    assert (found.members, found.buyers, found.snapshot) == (3, 2, date(2026, 11, 8))
    assert segment_detail(warehouse, ADMIN, ACCOUNT, AudienceQuery("nobody", WEEK)) is None


def test_a_form_day_by_day(warehouse: Stores) -> None:
    insert(
        warehouse, "form_statistics", form("p", "2026-11-09", 80, 8), form("p", "2026-11-15", 20, 12, viewed_form=50),
        form("p", "2026-11-16", 9, 9), form("q", "2026-11-09", 5, 5),
    )  # fmt: skip
    found = form_days(warehouse, ADMIN, ACCOUNT, AudienceQuery("p", WEEK))
    assert found == {
        date(2026, 11, 9): FormCounts(80, 80, 8, 8, 80),
        date(2026, 11, 15): FormCounts(50, 20, 12, 12, 20),
    }
    assert [counts.submit_rate for counts in found.values()] == [10, 60]


def version(id: str, viewers: int, submitters: int) -> FormVersion:
    counts = FormCounts(viewers, viewers, submitters, submitters)
    return FormVersion(id, "", "popup", "live", counts, viewers, 0, step_views=2 * viewers, step_submits=submitters)


def test_the_better_version_of_a_form() -> None:
    found = best_version([version("a", 1000, 100), version("b", 1000, 60), version("unseen", 0, 0)])
    assert found is not None
    assert (found.best.id, found.next_best.id, found.found.sure) == ("a", "b", True)
    few = best_version([version("a", 10, 2), version("b", 10, 1)])
    assert few is not None
    assert (few.best.id, few.found.sure) == ("a", False)
    assert best_version([version("a", 10, 2)]) is None
    # Of 2,000 views of steps 100 were submitted.
    assert version("a", 1000, 100).step_loss == 95
