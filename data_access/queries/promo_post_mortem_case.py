"""All that the post-mortem of one promotion looks at, from what is kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics.promo.arithmetic import effective_discount
from analytics.promo.calendar import Kind, Promotion
from analytics.promo.history import on_promotion
from analytics.promo.mechanics import CHANNELS, BadMechanics
from analytics.promo.postmortem.case import Case, Offered, Other
from analytics.promo.postmortem.kept import PostMortem, Subject
from analytics.promo.postmortem.marks import Mark
from analytics.promo.scenarios import Version
from analytics.promo.settings import MOST_DIP_DAYS, PromoSettings
from analytics.promo.terms import Cell
from data_access.queries.promo_calendar import Days, plan
from data_access.queries.promo_models import country_of_stores, holidays_between
from data_access.queries.promo_sales import Days as SalesDays
from data_access.queries.promo_sales import sales, segments
from data_access.queries.promo_scenarios import frozen, versions
from data_access.queries.promo_settings import promo_settings
from data_access.scope import Scope
from data_access.stores import Stores

# Learned from, with room for promotions and the days after them before it.
_BEFORE = timedelta(days=500)


class NoSuchPromotion(Exception):
    """There is no such promotion, or it is no approved scenario."""


class NotJudged(Exception):
    """The promotion cannot be judged; says why."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A case, and what its report has to keep besides."""

    subject: Subject
    case: Case
    frozen: Mapping[str, Any] | None
    model_version: str | None


def ground(stores: Stores, scope: Scope, subject: Subject, marks: Sequence[Mark] = ()) -> Ground:
    """What there is to judge: of a scenario the version that was approved last, with its frozen forecast; of a
    promotion of the catalog its days. Raises NotPermitted, NoSuchPromotion, BadMechanics, StoreError."""
    settings = promo_settings(stores, scope)
    if subject.scenario_id is not None:
        return _of_scenario(stores, scope, subject, settings, marks)
    id = str(uuid.UUID(subject.promotion_id))
    whole = plan(stores, scope, Days(date.min, date.max))
    found = next((one for one in whole.promotions if one.key == id and one.scenario_id is None), None)
    if found is None:
        raise NoSuchPromotion("This promotion is not in the catalog (any more).")
    sellers = _sellers(stores, scope, found.start, found.end)
    cells = [cell for one in found.cells for cell in ([one] if one.department else sellers) if _same(cell, one)]
    offered = Offered(None if found.discount is None else found.discount / 100)
    case = _case(stores, scope, settings, found.label, found.start, found.end, dict.fromkeys(cells, offered), marks)
    return Ground(subject, _with_others(case, whole.promotions, {id}, found.label), None, None)


def judged(stores: Stores, scope: Scope, subject: Subject, marks: Sequence[Mark] = ()) -> PostMortem:
    """A promotion's report as it would be kept, without its sentences. Takes seconds. Raises NotPermitted, NotJudged,
    StoreError."""
    from analytics.promo.postmortem.report import NothingToJudge, analysed  # only here: a kept report needs none of it

    try:
        found = ground(stores, scope, subject, marks)
        analysis = analysed(found.case)
    except (NoSuchPromotion, NothingToJudge, BadMechanics) as reason:
        raise NotJudged(str(reason)) from reason
    case = found.case
    return PostMortem(
        subject, case.label, case.start, case.end, analysis.figures, analysis.report, tuple(marks), found.frozen,
        found.model_version, case.loaded_until,
    )  # fmt: skip


def _of_scenario(
    stores: Stores, scope: Scope, subject: Subject, settings: PromoSettings, marks: Sequence[Mark]
) -> Ground:
    id = str(uuid.UUID(subject.scenario_id))
    held = frozen(stores, scope, id)
    version = next((one for one in versions(stores, scope, id) if held and one.number == held.version), None)
    if held is None or version is None:
        raise NoSuchPromotion("No forecast of this scenario was frozen: it was never approved.")
    content = version.content
    case = _case(
        stores, scope, settings, content.label, content.start, content.end,
        _offered(stores, scope, settings, version), marks,
    )  # fmt: skip
    case = _of_frozen(case, held.forecast)
    whole = plan(stores, scope, Days(content.start, content.end))
    own = {one.key for one in whole.promotions if one.scenario_id == id}
    return Ground(
        subject, _with_others(case, whole.promotions, own, content.label), held.forecast,
        held.forecast.get("model_version"),
    )  # fmt: skip


def _offered(stores: Stores, scope: Scope, settings: PromoSettings, version: Version) -> dict[Cell, Offered]:
    known = [one.plain for one in segments(stores, scope)]
    found: dict[Cell, Offered] = {}
    for terms in settings.terms(version.content.mechanics, known):
        before, part = found.get(terms.cell, Offered(0.0)), effective_discount(terms)
        earlier = before.discount or 0.0
        whole = earlier + part
        found[terms.cell] = Offered(
            whole, before.fixed_cost + terms.fixed_cost, before.funding + terms.funding,
            (earlier * before.sensitivity + part * terms.sensitivity) / whole if whole else 1.0,
        )  # fmt: skip
    return found


def _case(
    stores: Stores, scope: Scope, settings: PromoSettings, label: str, start: date, end: date,
    promoted: Mapping[Cell, Offered], marks: Sequence[Mark],
) -> Case:  # fmt: skip
    until = end + timedelta(days=MOST_DIP_DAYS)
    rows = sales(stores, scope, SalesDays(start - _BEFORE, until))
    departments = {row.department for row in rows} | {cell.department for cell in promoted}
    country = settings.country or country_of_stores(stores)
    return Case(
        label, start, end, promoted, rows, None, settings.variable_cost, settings.usual_variable_cost, settings.groups,
        {name: settings.dip_window(name) for name in departments}, settings.dip_window_days,
        holidays_between(country, start - _BEFORE, until), tuple(marks),
    )  # fmt: skip


def _of_frozen(case: Case, forecast: Mapping[str, Any]) -> Case:
    """Discount, cost, funding and the segments' sensitivity as they were frozen, where they were: a forecast of before
    sensitivities were frozen has today's."""
    promoted = dict(case.promoted)
    for one in forecast["cells"]:
        cell = Cell(one["department"], one["channel"])
        if cell in promoted:
            promoted[cell] = Offered(
                one["discount_pct"] / 100,
                one["fixed_cost"],
                one["funding"],
                one.get("sensitivity", promoted[cell].sensitivity),
            )
    return Case(
        case.label, case.start, case.end, promoted, case.rows, forecast, case.variable_cost, case.usual_cost,
        case.groups, case.windows, case.usual_window, case.holidays, case.marks,
    )  # fmt: skip


def _with_others(case: Case, promotions: Sequence[Promotion], own: set[str], label: str) -> Case:
    """Other promotions that ran in the same cells and days: neither drafts nor what nobody has approved; what was found
    in sales is the trace of these."""
    others = []
    for one in promotions:
        ran = one.kind in (Kind.APPROVED, Kind.NAMED) and one.key not in own
        same_name = one.label.strip().casefold() == label.strip().casefold()
        if not ran or same_name or one.start > case.end or one.end < case.start:
            continue
        both = tuple(sorted(cell for cell in case.promoted if any(_same(cell, held) for held in one.cells)))
        if both:
            others.append(Other(one.label, both, max(one.start, case.start), min(one.end, case.end)))
    return Case(
        case.label, case.start, case.end, case.promoted, case.rows, case.frozen, case.variable_cost, case.usual_cost,
        case.groups, case.windows, case.usual_window, case.holidays, case.marks, tuple(others),
    )  # fmt: skip


def _same(cell: Cell, held: Cell) -> bool:
    """Whether a promotion's cell holds another; '' as department: all of them."""
    return cell.channel == held.channel and held.department in ("", cell.department)


def _sellers(stores: Stores, scope: Scope, start: date, end: date) -> list[Cell]:
    """Cells that were on promotion on some days."""
    rows = sales(stores, scope, SalesDays(start, end))
    found = {Cell(row.department, row.channel) for row in rows if on_promotion(row)}
    return sorted(cell for cell in found if cell.channel in CHANNELS)
