"""Learns uplift from the company's sales: a model with its coefficients, kept, and put in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.promo.model import METHOD, Doubt, Model, NotLearnable, Why, estimated, fingerprint, version_of
from analytics.promo.terms import Cell
from data_access.queries.promo_models import country_of_stores, holidays_between, known, learning_rows, models
from data_access.queries.promo_sales import spans
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import company_state
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.uplift_models import HISTORY, Kept, choose_model, keep_model, note_look, put_in_force
from ingest.schedule.context import Context, Outcome

UP_TO_DATE: Final = "The model of uplift is up to date."
_WHY: Final = {
    Why.NEVER_PROMOTED: "it was never on promotion: it has the curve that the others have in common",
    Why.NO_DEPTH: "none of its promotions has a known discount: it has the curve that the others have in common",
    Why.FEW_PROMO_DAYS: "too few promo days: its curve rests mostly on the others'",
    Why.SHORT: "under 8 weeks of sales: its baseline is a weekday mean, its curve that of the others",
    Why.NO_SALES: "no pieces were sold: nothing can be told of it",
}


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning led to. cells, estimated: departments in channels, and those with a curve of their own; doubts:
    what could not be estimated, and why."""

    kept: Kept
    sales_from: str
    sales_to: str
    cells: int
    estimated: int
    crosses: int
    doubts: Sequence[Doubt]

    @property
    def sentence(self) -> str:
        """In one line, for the person who asked."""
        if not self.kept.fresh and not self.kept.changed:
            state = {"active": "in force already", "proposed": "proposed already", "retired": "kept already"}
            return (
                f"The same sales and settings give the same model: {self.kept.version} is {state[self.kept.state]},"
                " and nothing was changed."
            )
        now = "is in force now" if self.kept.state == "active" else "is proposed and waits to be put in force"
        return (
            f"Model {self.kept.version} {now}: {self.estimated} of {self.cells} departments in channels with a curve of"
            f" their own, {self.crosses} effects on others, from sales of {self.sales_from} to {self.sales_to}."
        )

    def as_dict(self) -> dict[str, Any]:
        """For a file or another program."""
        return {
            "model_version": self.kept.version,
            "state": self.kept.state,
            "new": self.kept.fresh,
            "sales_from": self.sales_from,
            "sales_to": self.sales_to,
            "departments_in_channels": self.cells,
            "estimated": self.estimated,
            "effects_on_others": self.crosses,
            "not_estimated": [
                {"department": one.cell.department, "channel": one.cell.channel, "why": one.why.value, "days": one.days,
                 "promo_days": one.promo_days}
                for one in self.doubts
            ],
        }  # fmt: skip


def said(doubt: Doubt) -> str:
    """What could not be estimated, as a sentence."""
    cell, days = f"{doubt.cell.department}, {doubt.cell.channel}", "day" if doubt.days == 1 else "days"
    return f"{cell} ({doubt.days} {days} of sales, {doubt.promo_days} on promotion): {_WHY[doubt.why]}."


def learn_uplift(
    stores: Stores,
    scope: Scope,
    *,
    propose: bool = False,
    again: bool = True,
    told: Callable[[float], None] = lambda _: None,
) -> Learned:
    """Learns from all sales, with the planners' groups, holidays and days after; the same of all change nothing.

    propose: the model waits to be put in force. again: whether one that was learned before comes back
    into force. told: is handed how much is done, from 0 to 1. Raises NotPermitted, NotLearnable, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    rows, settings = learning_rows(stores, scope), promo_settings(stores, scope)
    if not rows:
        raise NotLearnable("There are no sales yet. Load workbooks first: promolens ingest, or the page Workbooks.")
    first, last = min(row.date for row in rows), max(row.date for row in rows)
    country = settings.country or country_of_stores(stores)
    holidays = holidays_between(country, first, last)
    windows = {department: settings.dip_window(department) for department in {row.department for row in rows}}
    version = version_of(last, fingerprint(rows, settings.groups, holidays, windows))
    if (held := known(stores, scope, version)) is not None:
        kept = put_in_force(stores, scope, version, propose=propose or not again)
        return _learned(kept, held.model)
    model = estimated(rows, settings.groups, holidays, told, country, windows)
    return _learned(keep_model(stores, scope, model, "proposed" if propose else "active"), model)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model that a person put in force. before: the version that was in force, '' where none was; changes: by
    department, channel and band the uplift of units in per cent, before and now, where they differ."""

    version: str
    before: str
    changes: Sequence[tuple[Cell, str, Decimal | None, Decimal | None]]

    @property
    def sentence(self) -> str:
        """In one line, for the person who asked."""
        if self.version == self.before:
            return f"Model {self.version} is in force already."
        kept = f" {self.before} is kept and can be brought back." if self.before else ""
        return f"Model {self.version} is in force now.{kept}"

    @property
    def lines(self) -> list[str]:
        """Each coefficient that changed."""

        def told(value: Decimal | None) -> str:
            return "not known" if value is None else f"{value:+.1f} %"

        return [
            f"  {cell.department}, {cell.channel}, discount {band}: uplift of units {told(was)}, now {told(now)}"
            for cell, band, was, now in self.changes
        ]

    def as_dict(self) -> dict[str, Any]:
        """For a file or another program."""
        return {
            "model_version": self.version,
            "before": self.before or None,
            "coefficients": [
                {"department": cell.department, "channel": cell.channel, "discount_band": band,
                 "uplift_units_pct_before": was, "uplift_units_pct": now}
                for cell, band, was, now in self.changes
            ],
        }  # fmt: skip


def choose(stores: Stores, scope: Scope, version: str) -> Chosen:
    """Puts a proposed or a former model in force, by a person's choice. Raises NotPermitted, UnknownModel,
    ModelChanged, StoreError."""
    standing = known(stores, scope)
    seen = "" if standing is None else standing.row.version
    choose_model(stores, scope, version, seen=seen)
    then = known(stores, scope, version)
    was, now = (
        {} if held is None else {(one.cell, one.band): one.uplift_units_pct for one in held.bands}
        for held in (standing, then)
    )
    changes = [
        (cell, band, was.get((cell, band)), now.get((cell, band)))
        for cell, band in sorted({*was, *now})
        if was.get((cell, band)) != now.get((cell, band))
    ]
    return Chosen(version, seen, changes)


def _learned(kept: Kept, model: Model) -> Learned:
    doubtful = {one.cell for one in model.doubts}
    return Learned(
        kept, f"{model.first}", f"{model.last}", len({*model.curves, *doubtful}), len(model.curves.keys() - doubtful),
        len(model.crosses), model.doubts,
    )  # fmt: skip


def by_the_clock(context: Context) -> Outcome:
    """Learns anew where sales or the planners' settings have changed since they were last looked at, or where another
    method learns now. Where an admin chose what is in force (one taught by a post-mortem, or an earlier one), what is
    learned is proposed and does not take its place."""
    changed = company_state(context.stores, context.scope).changed_at("promo", "promo_settings")
    there = models(context.stores, context.scope)
    learned = [one for one in there if one.source == HISTORY]
    if changed is None or any(one.method == METHOD and (one.looked_at or one.created_at) >= changed for one in learned):
        return Outcome("done", UP_TO_DATE)
    chosen = any(one.state == "active" and one not in learned[:1] for one in there)
    try:
        # Which of the models that are there is in force is a person's choice; the clock adds new ones only.
        done = learn_uplift(context.stores, context.scope, propose=chosen, again=False)
    except NotLearnable as why:
        return Outcome("done", str(why))
    # The same change is not read again, nor is one lost that came while this one was looked at.
    note_look(context.stores, context.scope, done.kept.version, changed)
    return Outcome("done", done.sentence, done.as_dict())


def declare_groups(stores: Stores, scope: Scope, groups: Mapping[str, str]) -> None:
    """Declares the group of departments ('' takes one out) in the planners' settings, beside those declared before.

    Raises NotPermitted, NotLearnable for a department without sales, SettingsChanged, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    there = {span.cell.department for span in spans(stores, scope)}
    if unknown := sorted(name for name, group in groups.items() if group and name not in there):
        raise NotLearnable(
            f"There are no sales of {', '.join(unknown)}. Departments with sales: {', '.join(sorted(there)) or 'none'}."
        )
    held = promo_settings(stores, scope)
    save_promo_settings(stores, scope, held.in_groups({**held.groups, **groups}))
