"""What a closed post-mortem teaches is proposed as a new model of uplift; putting it in force is an admin's choice."""

from __future__ import annotations

from typing import Final

from data_access.queries.promo_lessons import lesson_of
from data_access.queries.promo_post_mortems import post_mortem
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.uplift_models import Kept, keep_model

POST_MORTEM: Final = "post_mortem"


class NotTeachable(Exception):
    """Nothing can be learned from this post-mortem; says why and what to do."""


def propose_lesson(stores: Stores, scope: Scope, report_id: str) -> Kept:
    """Keeps the model in force as this post-mortem changes it, proposed; the same one again changes nothing.

    Raises NotPermitted, NotTeachable, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    kept = post_mortem(stores, scope, report_id)
    if kept is None:
        raise NotTeachable("This post-mortem is not there (any more). Go back to the list.")
    if kept.row.state == "open":
        raise NotTeachable("This post-mortem is open: its figures may still change. Close it first.")
    found = lesson_of(stores, scope, report_id)
    if found is None:
        raise NotTeachable(
            "There is no model of uplift in force that could learn from it. Learn one first: promolens uplift."
        )
    if not found.lesson.changes:
        raise NotTeachable(
            "The model in force has learned from these days already, or none of the promotion's departments can be"
            " learned from."
        )
    return keep_model(stores, scope, found.lesson.model, "proposed", source=POST_MORTEM)
