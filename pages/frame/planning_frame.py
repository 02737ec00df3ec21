"""What the page Planning reads, and saving: by right, once, and never over what somebody else saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from analytics.promo.settings import InvalidPromoSettings, Problem, PromoSettings, settings_of
from analytics.promo.settings_changes import changes, together
from components import planning_form, planning_history, states
from components import planning_words as words
from components.list_columns import CHANGES
from components.planning_form import Around, Drawn, Entered
from data_access.queries.accounts import PROMO
from data_access.queries.promo_models import country_of_stores, holidays_between, known
from data_access.queries.promo_sales import spans, targets
from data_access.queries.promo_settings import SettingsVersion, settings_versions
from data_access.queries.promo_state import SETTINGS, TARGETS, UPLIFT
from data_access.scope import Right
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.settings import SettingsChanged
from pages.frame import company_exports, navigation
from pages.frame.company_exports import Rows
from pages.frame.desk import Desk
from pages.frame.uplift_frame import learned_otherwise

# As many versions as the page tells of, and the one before them.
VERSIONS: Final = 31
_OPENED: Final = "planning.opened"
_TURN: Final = "planning.turn"
_TOLD: Final = "planning.told"
_PROBLEMS: Final = "planning.problems"
_CONFLICT: Final = "planning.conflict"


@dataclass(frozen=True, slots=True)
class Found:
    """What counts now, its last versions (the newest first), what the form has to know beside, and in what the uplift
    model in force was learned with other settings."""

    settings: PromoSettings
    versions: Sequence[SettingsVersion]
    around: Around
    learned_with_other: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Conflict:
    visit: int
    base: PromoSettings
    mine: PromoSettings
    theirs: SettingsVersion


def may_edit(d: Desk) -> bool:
    """Planners and admins."""
    return d.scope.allows(Right.PROMO_WRITE) or d.scope.allows(Right.ADMIN)


def read(d: Desk) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    there = d.read(spans, datasets=(PROMO,))
    wanted = d.read(targets, datasets=(PROMO, TARGETS))
    model = d.read(known, datasets=(UPLIFT,))
    currencies = {account.currency for account in d.accounts}
    around = Around(
        currency=currencies.pop() if len(currencies) == 1 else "",
        country=country_of_stores(d.stores),
        departments=tuple(dict.fromkeys(span.cell.department for span in there)),
        regions=tuple(dict.fromkeys(target.geo for target in wanted)),
    )
    return Found(
        d.settings,
        d.read(settings_versions, VERSIONS, datasets=(SETTINGS,)),
        around,
        () if model is None else learned_otherwise(d, model.model),
    )


def form(d: Desk, found: Found) -> None:
    """What was told last, what somebody else saved meanwhile, and the form; what is pressed is done."""
    states.told_once(st.session_state.pop(_TOLD, None))
    if not may_edit(d):
        st.info(words.READ_ONLY)
    base = _opened_over(found.settings)
    _conflict(d)
    turn = st.session_state.get(_TURN, 0)
    drawn = planning_form.draw(base, found.around, turn=turn, may_edit=may_edit(d))
    if drawn.entered is not None:
        _entered(d, base, drawn, drawn.entered)
    else:
        planning_form.tell(drawn, _problems(base))


def exports(d: Desk, found: Found) -> None:
    """What was changed, by whom, as a file: as far back as there are versions."""

    def rows() -> Rows:
        return planning_history.rows(settings_versions(d.stores, d.scope, found.settings.version))

    said = f"Settings of all scenarios, up to version {found.settings.version}"
    company_exports.menu(d, words.TITLE, {CHANGES: rows}, {"Shows": said}, file="planning")


def _opened_over(standing: PromoSettings) -> PromoSettings:
    """The settings that this visit's form was opened over: a save on top of somebody else's is told."""
    visit, base = st.session_state.get(_OPENED, (-1, standing))
    if visit != navigation.visit():
        st.session_state[_OPENED] = (navigation.visit(), standing)
        return standing
    return base  # type: ignore[no-any-return]


def _entered(d: Desk, base: PromoSettings, drawn: Drawn, entered: Entered) -> None:
    problems = list(entered.unreadable)
    try:
        mine = settings_of(entered.stored, base.version)
    except InvalidPromoSettings as reason:
        problems += reason.problems
    else:
        if mine.country and not holidays_between(mine.country, d.today, d.today):
            problems.append(Problem("country", "is a country whose holidays are not known"))
    st.session_state[_PROBLEMS] = (navigation.visit(), base.version, tuple(problems))
    planning_form.tell(drawn, problems)
    if not problems:
        _save(d, base, mine)


def _problems(base: PromoSettings) -> tuple[Problem, ...]:
    """Those of the last attempt: they stand until the next one."""
    visit, version, problems = st.session_state.get(_PROBLEMS, (-1, 0, ()))
    return problems if (visit, version) == (navigation.visit(), base.version) else ()


def _save(d: Desk, base: PromoSettings, mine: PromoSettings) -> None:
    try:
        saved = save_promo_settings(d.stores, d.scope, mine)
    except SettingsChanged:
        theirs = settings_versions(d.stores, d.scope, 1)[0]
        st.session_state[_CONFLICT] = _Conflict(navigation.visit(), base, mine, theirs)
        st.rerun()
    said = words.UNCHANGED
    if saved.version != mine.version:
        what = words.changed(changes(base, saved))
        said = words.SAVED.format(
            version=saved.version, what=f"{len(what)} {'change' if len(what) == 1 else 'changes'}"
        )
    _anew(said)
    st.rerun()


def _conflict(d: Desk) -> None:
    """What somebody else saved since the form was opened, beside one's own changes, with the choice."""
    found = st.session_state.get(_CONFLICT)
    if not isinstance(found, _Conflict) or found.visit != navigation.visit():
        return
    theirs = found.theirs.settings
    choice = planning_history.conflict(
        found.theirs, changes(found.base, theirs), changes(found.base, found.mine), d.zone
    )
    if choice == planning_history.THEIRS:
        _anew("")
        st.rerun()
    if choice == planning_history.BOTH:
        try:
            _save(d, found.base, together(found.base, found.mine, theirs))
        except InvalidPromoSettings as reason:
            st.error("Both cannot stand together:\n\n" + words.listed(map(words.wrong, reason.problems)))


def _anew(said: str) -> None:
    """The form begins anew over what stands there."""
    for key in (_OPENED, _PROBLEMS, _CONFLICT):
        st.session_state.pop(key, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    if said:
        st.session_state[_TOLD] = said
