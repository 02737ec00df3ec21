"""Unusual days for the pages that mark them: read once for a store and a state of its data, whatever is filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from analytics.anomalies import Finding
from analytics.periods import ONE_DAY
from analytics.watched import MESSAGES, ORDERS, REACTIONS
from components import anomaly_words as words
from components.line_chart import Mark
from data_access.queries.anomalies import Anomalies, AnomalyQuery, anomalies, together
from pages.frame.view import View


@dataclass(frozen=True, slots=True)
class Unusual:
    """What a page marks. findings: none where it shows a part only, which is not judged. judged_from, reactions_from:
    the first days that are judged, and of opens and clicks, None where there is none yet. filtered: whether a part is
    shown. people: whether opens and clicks are judged without those of machines."""

    findings: tuple[Finding, ...] = ()
    judged_from: date | None = None
    filtered: bool = False
    reactions_from: date | None = None
    people: bool = False

    def marks(self, metric: str, view: View, *, people: bool = False) -> dict[int, Mark]:
        """The marked points of a chart of that figure; people: whether it is drawn without opens and clicks of
        machines."""
        return {} if self._otherwise(metric, people) else words.marks(self.findings, metric, view.shown)

    def caption(self, metric: str, view: View, *, people: bool = False) -> None:
        """Says under a chart what is marked; nothing where its figure is not watched."""
        if metric not in view.account.settings.thresholds.metrics:
            return
        if self._otherwise(metric, people) and not self.filtered:
            st.caption(words.OTHERWISE)
            return
        judged_from = self.reactions_from if metric in REACTIONS else self.judged_from
        st.caption(words.beside_chart(self.findings, metric, view.shown, judged_from, self.filtered))

    def _otherwise(self, metric: str, people: bool) -> bool:
        """Whether the figure that is judged is another than the one that is drawn."""
        return metric in REACTIONS and self.people != people


def question(view: View, world: str) -> AnomalyQuery | None:
    """What to ask for of 'orders' or 'messages'; None before the first sync is complete.

    Messages are judged as far as their statistics reach: a day that no report has would be a day without messages.
    """
    as_of = (view.reported if world == MESSAGES else view).state.as_of
    if as_of is None:
        return None
    last = as_of.astimezone(view.account.zone).date() - ONE_DAY
    return AnomalyQuery(last, view.account.country, view.account.settings.thresholds, world)


def unusual(view: View, world: str, *, filtered: bool) -> Unusual:
    """The unusual days of 'orders' or 'messages'. Raises NotPermitted, StoreError."""
    asked = question(view, world)
    if asked is None:
        return Unusual()
    found: Anomalies = view.read(anomalies, asked)
    judged_from = found.orders_from if world == ORDERS else found.messages_from
    return Unusual(() if filtered else found.findings, judged_from, filtered, found.reactions_from, found.people)


def everything(view: View) -> Anomalies | None:
    """Those of orders and of messages, None before the first sync is complete. Raises NotPermitted, StoreError."""
    asked = [each for each in (question(view, ORDERS), question(view, MESSAGES)) if each is not None]
    return together([view.read(anomalies, each) for each in asked]) if asked else None
