"""The optimiser's part of the page Scenarios: what is asked, the answer, and the frontier of sales against margin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import streamlit as st

from analytics.promo.optimiser import Best, Constraints, Infeasible, NotSolved
from analytics.promo.scenarios import MOST_DAYS, Content
from analytics.promo.slack import slack
from analytics.promo.task import Task, problem_of
from analytics.promo.trial import Ground
from components import filters, optimiser_form, optimiser_result, scenario_edit, states
from components.optimiser_words import answer_said, colliding_said
from components.scenario_words import amounts, dates
from components.simulator_words import plain_money
from data_access.scope import Right
from pages.frame import company_exports, scenario_saving
from pages.frame.desk import Desk
from pages.frame.scenario_desk import ground, require_learned
from pages.frame.scenario_ways import NEW, Way, back, go

POINTS: Final = 10
USUAL_DAYS: Final = 7
_ANSWER: Final = "optimiser.answer"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was asked in which days, and what came of it. best is None where nothing keeps all limits; said: why."""

    start: date
    end: date
    task: Task
    limits: Constraints
    best: Best | None
    points: tuple[Best, ...]
    said: str


def page(d: Desk) -> None:
    """The form and the last answer."""
    st.title("Best discounts", anchor=False)
    st.caption(f"The optimiser chooses from the planners' grid of discounts · {amounts(d.currency)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        back()
        export = st.empty()
    require_learned(d)
    start, end = _days(d.today)
    below = ground(d, start, end, None)
    cells = [cell for cell in below.baseline.cells if cell in below.knowledge.curves]
    if not cells:
        states.empty(
            "No uplift is known yet",
            "Load sales with promotions among them on the page Workbooks, then learn from them on the page Uplift.",
            key="empty",
        )
        return
    with st.container(border=True):
        task, asked = optimiser_form.form(cells, below.settings.limits, d.currency, turn=0)
    if asked:
        with st.spinner("Looking for the best discounts …"):
            st.session_state[_ANSWER] = _answered(below, task, start, end, d.currency)
    answer = st.session_state.get(_ANSWER)
    if not isinstance(answer, _Answer):
        return
    if (answer.start, answer.end, answer.task) != (start, end, task):
        st.info(
            "What is asked has changed: the answer below is to what was asked before. Press 'Find the best discounts'.",
            icon=":material/info:",
        )
    _draw(d, answer)
    if answer.best is not None:
        best = answer.best
        with export:
            company_exports.menu(
                d, "Best discounts", {"Best discounts": lambda: optimiser_result.rows(best)}, {"Shows": answer.said},
                file="best-discounts",
            )  # fmt: skip


def _answered(below: Ground, task: Task, start: date, end: date, currency: str) -> _Answer:
    limits = below.settings.limits
    problem = problem_of(task, below.baseline, below.knowledge, limits.grid)
    held = task.constraints(problem, limits)
    try:
        best = problem.best(task.sought, held)
        points = tuple(problem.frontier(held, POINTS))
    except Infeasible as reason:
        return _Answer(start, end, task, held, None, (), colliding_said(reason.colliding, held, currency))
    except NotSolved as reason:
        return _Answer(start, end, task, held, None, (), str(reason))
    return _Answer(start, end, task, held, best, points, answer_said(best, currency))


def _draw(d: Desk, answer: _Answer) -> None:
    if answer.best is None:
        st.warning(plain_money(answer.said), icon=":material/block:")
        return
    st.markdown(f"**{plain_money(answer.said)}**")
    may_write = d.scope.allows(Right.PROMO_WRITE)
    if not answer.best.discounts:
        with st.container(border=True):
            filters.heading("Limits, checked again by the simulator")
            optimiser_result.limits_table(slack(answer.best.simulation, answer.limits), d.currency)
        _frontier(d, answer, may_write)
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Best discounts found")
        optimiser_result.rows_table(answer.best, d.currency)
        if may_write and st.button(
            "Open as scenario", key="optimised_open", type="primary", icon=":material/edit_note:"
        ):
            _open(answer, answer.best)
    with right.container(border=True, height="stretch"):
        filters.heading("Limits, checked again by the simulator")
        optimiser_result.limits_table(slack(answer.best.simulation, answer.limits), d.currency)
    _frontier(d, answer, may_write)


def _frontier(d: Desk, answer: _Answer, may_write: bool) -> None:
    with st.container(border=True):
        filters.heading("Sales against margin")
        st.caption(
            "To the right sales, upwards margin: each point is the most sales that can be had for its margin within "
            "the limits."
        )
        place = optimiser_result.draw_frontier(answer.points, answer.best, d.currency, "promolens")
        if place is not None and may_write:
            _open(answer, answer.points[place])


def _open(answer: _Answer, best: Best) -> None:
    """A combination as a scenario under edit."""
    content = Content("", answer.start, answer.end, answer.task.rows(best), "best_deal")
    scenario_saving.put_aside()
    scenario_edit.hold(scenario_edit.of_content(content))
    go(Way.BUILD, NEW)


def _days(today: date) -> tuple[date, date]:
    start = today + timedelta(days=7 - today.weekday())
    picked = st.columns([1, 2])[0].date_input(
        "First and last day", (start, start + timedelta(days=USUAL_DAYS - 1)),
        max_value=today + timedelta(days=2 * MOST_DAYS), key="optimise_days", format="DD/MM/YYYY",
    )  # fmt: skip
    found = picked if isinstance(picked, tuple) else (picked,)
    first, end = (found[0], found[1]) if len(found) == 2 else (start, start + timedelta(days=USUAL_DAYS - 1))
    last = first + timedelta(days=MOST_DAYS - 1)
    if end > last:
        st.warning(
            f"A scenario runs for at most {MOST_DAYS} days: what follows is of {dates(first, last)}.",
            icon=":material/date_range:",
        )
    return first, min(end, last)
