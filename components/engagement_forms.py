"""Forms on the engagement page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from analytics.engagement import Form, FormCounts, FormVersion
from analytics.engagement_audience import FormDays, best_version
from components import bar_chart, charts, day_marks, line_chart, tables, wording
from components.engagement_columns import FORM, whole
from components.hovers import hover
from components.line_chart import Series
from components.plain import plain
from components.revenue_series import Shown


def form_table(forms: Sequence[Form], shown: Shown) -> None:
    """Forms: views and submits, with the versions of the one that is picked."""
    if not forms:
        st.caption("No form here yet.")
        return
    columns: dict[str, list[Any]] = {
        "Form": [form.name for form in forms],
        "State": [form.status.capitalize() or None for form in forms],
        "Due": [whole(form.this.qualified) for form in forms],
        "Views": [whole(form.this.views) for form in forms],
        "Viewers": [whole(form.this.viewers) for form in forms],
        "Submits": [whole(form.this.submits) for form in forms],
        "Submitters": [whole(form.this.submitters) for form in forms],
        "Rate": [form.this.submit_rate for form in forms],
    }
    if shown.comparison is not None:
        then = [form.compared.submit_rate if form.compared else None for form in forms]
        columns["Change"] = [
            None if form.whole.submit_rate is None or rate is None else form.whole.submit_rate - rate
            for form, rate in zip(forms, then, strict=True)
        ]
    config = _form_config() | {
        "Form": st.column_config.TextColumn("Form", width="medium"),
        "Due": st.column_config.NumberColumn("Due to see it", format="%,d", help=hover("engagement.form_uniques")),
        "Change": st.column_config.NumberColumn("Change", format="%+.1f pp", width=90),
    }
    tables.pickable(columns, config, ids=[form.id for form in forms], param=FORM, key="table_forms")
    st.caption(
        "Submit rate: people who submitted a step / people who viewed the form, as sums of uniques; a form of several "
        "steps counts partial submits. Tick a row for its days and versions."
    )


def form(found: Form, days: FormDays, shown: Shown, file: str) -> None:
    """A form by day, from views to submits, and its versions with the better one."""
    this, period = found.this, shown.period
    steps = (("Due to see it", this.qualified), ("Viewed it", this.viewers), ("Submitted a step", this.submitters))
    known = [(name, float(number)) for name, number in steps if number is not None]
    if known:
        most = max(number for _, number in known) or 1
        texts = [f"{wording.count(number)} ({wording.rate(number / most * 100)})" for _, number in known]
        st.markdown("**From views to submits**, sums of uniques over days")
        figure = bar_chart.named_bars(
            [name for name, _ in known], [number for _, number in known], texts,
            [f"{name}: {text}" for (name, _), text in zip(known, texts, strict=True)],
        )  # fmt: skip
        charts.show(figure, key="chart_form_steps", alt=f"{found.name}: {', '.join(texts)}.", file=f"{file}-steps")
    if days:
        all_days = [period.start + timedelta(days=place) for place in range(period.days)]
        held = [days.get(day, FormCounts()) for day in all_days]
        said = [
            f"{wording.count(own.submitters)} of {wording.count(own.viewers)} viewers" if own.viewers else "not seen"
            for own in held
        ]
        st.markdown("**Submit rate by day**")
        rates = [own.submit_rate for own in held]
        figure = line_chart.over_time(
            [day.isoformat() for day in all_days], Series("Submit rate", rates, said), None, suffix=" %"
        )
        figure["layout"]["height"] = 180
        alt = f"Submit rate of {found.name} by day, {wording.rate(this.submit_rate)} over all days."
        alt = day_marks.on(figure, [day.isoformat() for day in all_days], period.end, shown.marked, alt)
        charts.show(figure, key="chart_form_days", alt=alt, file=f"{file}-days")
    if found.versions:
        _versions(found.versions)
    st.caption(
        "Klaviyo reports steps of a version together: a form of several steps counts partial submits, so that "
        "'submitted a step' is not a finished form. Lost in steps: views of a step that no submit followed."
    )


def _versions(held: Sequence[FormVersion]) -> None:
    own = [version.counts for version in held]
    columns: dict[str, list[Any]] = {
        "Version": [version.variation or version.id for version in held],
        "Kind": [version.kind.replace("_", " ").capitalize() or None for version in held],
        "State": [version.status.capitalize() or None for version in held],
        "Views": [whole(counts.views) for counts in own],
        "Viewers": [whole(counts.viewers) for counts in own],
        "Steps": [whole(version.step_viewers) for version in held],
        "Submitters": [whole(counts.submitters) for counts in own],
        "Loss": [version.step_loss for version in held],
        "Submits": [whole(counts.submits) for counts in own],
        "Closed": [whole(version.closed) for version in held],
        "Rate": [counts.submit_rate for counts in own],
    }
    st.markdown("**Versions**")
    config = _form_config() | {
        "Loss": st.column_config.NumberColumn("Lost in steps", format="%.1f %%", help=hover("engagement.lost_in_steps"))
    }
    tables.show(columns, config, key="table_versions")
    test = best_version(held)
    if test is None:
        return
    name, other = (plain(each.variation or each.id) for each in (test.best, test.next_best))
    rates = f"{wording.rate(test.best.counts.submit_rate)} against {wording.rate(test.next_best.counts.submit_rate)}"
    if test.found.sure:
        st.markdown(f"- **{name}** is submitted more often than {other}: {rates}. The difference is significant.")
    elif test.found.difference.points:
        st.markdown(f"- **{name}** is ahead of {other}: {rates}. The difference may be chance.")


def _form_config() -> dict[str, Any]:
    counts = {name: st.column_config.NumberColumn(name, format="%,d") for name in ("Views", "Submits")}
    uniques = {
        name: st.column_config.NumberColumn(label, format="%,d", help=hover("engagement.form_uniques"))
        for name, label in (
            ("Viewers", "Viewers"),
            ("Submitters", "Submitted a step"),
            ("Steps", "Saw a step"),
            ("Closed", "Closed it"),
        )
    }
    return counts | uniques | {"Rate": st.column_config.NumberColumn("Submit rate", format="%.1f %%")}
