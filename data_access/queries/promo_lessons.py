"""What a post-mortem would teach the model of uplift that is in force."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.promo.learning import Lesson, taught
from analytics.promo.lessons import LeftOut, told_by
from data_access.queries.promo_models import known
from data_access.queries.promo_post_mortems import post_mortem
from data_access.scope import Scope
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Preview:
    """What one post-mortem teaches. model_version: of the model in force that it is set against; lesson: its model is
    that very one where nothing counts."""

    model_version: str
    lesson: Lesson
    left_out: tuple[LeftOut, ...]


def lesson_of(stores: Stores, scope: Scope, report_id: str) -> Preview | None:
    """None without a model in force, or where another program wrote the post-mortem. Versions of a promotion's
    post-mortem teach once. Raises NotPermitted, StoreError."""
    held, kept = known(stores, scope), post_mortem(stores, scope, report_id)
    if held is None or kept is None or kept.report is None:
        return None
    promotion = kept.row.scenario_id or kept.row.promotion_id or report_id
    told = told_by(promotion, kept.row.start, kept.row.end, kept.report, held.model)
    return Preview(held.model.version, taught(held.model, told.outcomes), told.left_out)
