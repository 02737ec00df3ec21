"""What the page Forecast reads, forecasting anew beside it, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

import streamlit as st

from analytics.day_marks import Mark, MarkKind
from analytics.forecasting.kept import World
from analytics.forecasting.outlook import Outlook, outlook
from analytics.forecasting.series import Key, Series
from analytics.promo.pacing import target_of
from components import forecast_tables as tables
from components import forecast_words as words
from components import states, sync_panel
from data_access.queries.accounts import FORECASTS, PROMO
from data_access.queries.forecasts import OrdersAsked, order_forecasts, order_series, sales_forecasts, sales_series
from data_access.queries.promo_sales import targets
from data_access.queries.promo_state import TARGETS
from data_access.scope import Right
from pages.frame import company_exports, promotion_marks
from pages.frame import exports as store_exports
from pages.frame.desk import KEY as DESK
from pages.frame.desk import Desk
from pages.frame.view import KEY as VIEW
from pages.frame.view import View

EVERY: Final = timedelta(seconds=1)
_TOLD: Final = "forecast.told"


@dataclass(frozen=True, slots=True)
class Source:
    """A world of sales that this person may see: by name, with what it is read through."""

    name: str
    view: View | None
    desk: Desk | None

    @property
    def account(self) -> str:
        """The store, '' for the company's sales."""
        return self.view.account.public_id if self.view else ""

    @property
    def currency(self) -> str:
        """Of its money."""
        if self.view is not None:
            return self.view.account.currency
        assert self.desk is not None
        return self.desk.currency

    @property
    def zone(self) -> tzinfo:
        """Whose days and hours count."""
        if self.view is not None:
            return self.view.account.zone
        assert self.desk is not None
        return self.desk.zone

    @property
    def may_forecast(self) -> bool:
        """Whether this person may have it forecast anew."""
        if self.view is not None:
            return self.view.may(Right.SYNC)
        return self.desk is not None and self.desk.scope.allows(Right.PROMO_WRITE)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on the page. world: None where nothing was forecast yet; targets: of the whole, by figure and month;
    marks: promotions; stale: whether there are newer figures."""

    world: World | None
    actual: Mapping[Key, Series]
    targets: Mapping[str, Mapping[str, float]]
    marks: tuple[Mark, ...]
    stale: bool


def sources() -> list[Source]:
    """The worlds that this person may see: the company's sales where there are any, store orders."""
    held_desk, held_view = st.session_state.get(DESK), st.session_state.get(VIEW)
    found = []
    if isinstance(held_desk, Desk) and (held_desk.state.changed_at(PROMO) is not None or held_view is None):
        found.append(Source(words.SALES, None, held_desk))
    if isinstance(held_view, View):
        found.append(Source(words.ORDERS, held_view, None))
    if not found:
        states.not_permitted("Open Promolens at its start page: this page shows nothing on its own.")
        st.stop()
    return found


def read(source: Source) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    if source.view is not None:
        return _orders(source.view)
    assert source.desk is not None
    return _sales(source.desk)


def _orders(view: View) -> Found:
    world = view.read(order_forecasts, derived=(FORECASTS,))
    if world is None:
        return Found(None, {}, {}, (), False)
    actual = view.read(order_series, OrdersAsked(world.last, view.account.files is None))
    whole = None if view.state.as_of is None else view.state.as_of.astimezone(view.account.zone).date()
    days = _window(world)
    marks = tuple(mark for mark in view.marked(*days) if mark.kind is MarkKind.PROMOTION)
    return Found(world, actual, {}, marks, whole is not None and whole - timedelta(days=1) > world.last)


def _sales(d: Desk) -> Found:
    world = d.read(sales_forecasts, datasets=(FORECASTS,))
    if world is None:
        return Found(None, {}, {}, (), False)
    actual = d.read(sales_series, datasets=(PROMO,))
    held: dict[str, dict[str, float]] = {"sales_value": {}, "margin_value": {}, "units": {}}
    rows = d.read(targets, datasets=(PROMO, TARGETS))
    for month in {row.month for row in rows}:
        goal = target_of(rows, date.fromisoformat(f"{month}-01"), d.settings.geo)
        if goal is None:
            continue
        held["sales_value"][month] = float(goal.sales)
        held["margin_value"][month] = float(goal.sales * (goal.margin_pct or 0) / 100)
        if goal.units is not None:
            held["units"][month] = float(goal.units)
    start, end = _window(world)
    marks = tuple(promotion_marks.marked(d)(start, end))
    return Found(world, actual, held, marks, world.behind(d.state.changed_at(PROMO)))


def _window(world: World) -> tuple[date, date]:
    return world.last - timedelta(days=55), world.until


def outlooks(found: Found, metric: str) -> list[Outlook]:
    """All parts of a figure, the whole first. A part whose figures are gone since is left out."""
    assert found.world is not None
    told = []
    for key, kept in found.world.series.items():
        if key.metric != metric or key not in found.actual or not len(kept.value):
            continue
        own = found.targets.get(metric, {}) if key.whole else {}
        told.append(outlook(kept, found.actual[key], own))
    return sorted(told, key=_place)


def _place(one: Outlook) -> tuple[bool, int, bool, Key]:
    """The whole first, then channels, departments, and what is both."""
    key = one.kept.key
    return not key.whole, bool(key.channel) + bool(key.department), not key.channel, key


def anew(source: Source, label: str) -> None:
    """The button for those who may; while that is under way, it waits."""
    from ingest.runner import begin_forecasting, forecasting  # only here: what forecasts is not needed elsewhere

    if not source.may_forecast:
        return
    held_by = source.view or source.desk
    assert held_by is not None
    held = forecasting(held_by.stores, source.account)
    running = held is not None and held.running
    if st.button(label, key="forecast_anew", icon=":material/model_training:", type="primary", disabled=running):
        begin_forecasting(held_by.stores, held_by.scope, source.account)
        st.session_state[_TOLD] = False
        st.rerun()


def progress(source: Source) -> None:
    """How far forecasting is, and how it ended."""
    from ingest.runner import forecasting

    held_by = source.view or source.desk
    assert held_by is not None
    stores = held_by.stores
    held = forecasting(stores, source.account)
    if held is None or _TOLD not in st.session_state:
        return

    def follow() -> None:
        now = forecasting(stores, source.account)
        if now is None or not now.running:
            st.rerun()
        st.progress(now.share, f"Forecasting: {now.done} of {now.of} series …" if now.of else "Gathering …")

    if held.running:
        sync_panel.poll(follow, EVERY)
    elif not st.session_state[_TOLD]:
        st.session_state[_TOLD] = True
        (st.error if held.failed else st.success)(
            held.said, icon=":material/error:" if held.failed else ":material/check:"
        )


def exports(source: Source, world: World, shown: Sequence[Outlook], metric: str, said: str) -> None:
    """Parts, days and models as files."""
    sets = {
        "Forecast parts": lambda: tables.part_rows(shown),
        "Forecast days": lambda: tables.day_rows(world, metric),
        "Forecast models": lambda: tables.model_rows(world, metric),
    }
    about = {"Shows": said}
    file = f"forecast-{source.account or 'company'}-{metric}-{world.last}"
    if source.view is not None:
        store_exports.menu(source.view, words.TITLE, sets, about, file=file)
    else:
        assert source.desk is not None
        company_exports.menu(source.desk, words.TITLE, sets, about, file=file)
