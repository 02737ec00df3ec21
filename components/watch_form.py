"""The forms of what a store watches: which days are unusual, and who is told by e-mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from analytics.account import WEEKDAYS, Account, AccountSettings
from analytics.watched import METRICS, Thresholds
from components.hovers import hover

RHYTHMS: Final = {None: "Not at all", "daily": "Every day", "weekly": "Once a week"}
USUAL_HOUR: Final = 7


def watched_form(account: Account, chosen: AccountSettings, *, may_edit: bool) -> AccountSettings | None:
    """Draws what is called an unusual day; the settings to save once a person saves, else None."""
    mark, usual, held = f"{account.public_id}_{chosen.version}", Thresholds(), chosen.thresholds
    names = {metric.key: metric.name for metric in METRICS}
    with st.form(f"watched_{mark}", border=True):
        st.subheader("Unusual days", anchor=False)
        left, right = st.columns(2)
        far = left.number_input(
            "Unusual from so many deviations on", 2.0, 20.0, held.sensitivity, 0.5, key=f"setting_sensitivity_{mark}",
            disabled=not may_edit,
            help=hover("settings.unusual_from_so_many_deviations_on"),
        )  # fmt: skip
        least = right.number_input(
            "Smallest change that matters, %", 0.0, 1000.0, held.least_change_pct, 1.0, key=f"setting_least_{mark}",
            disabled=not may_edit, help=hover("settings.smallest_change_that_matters_pct"),
        )  # fmt: skip
        watched = st.multiselect(
            "Figures that are watched", list(names), list(held.metrics), format_func=names.__getitem__,
            key=f"setting_watched_{mark}", disabled=not may_edit,
        )  # fmt: skip
        st.caption("Marked on the charts of Revenue and Engagement from the ninth week of data on, and in the digest.")
        if not st.form_submit_button("Save unusual days", disabled=not may_edit, key=f"save_watched_{mark}"):
            return None
    return replace(
        chosen,
        anomaly_sensitivity=None if far == usual.sensitivity and chosen.anomaly_sensitivity is None else float(far),
        anomaly_least_change_pct=(
            None if least == usual.least_change_pct and chosen.anomaly_least_change_pct is None else float(least)
        ),
        anomaly_metrics=(
            None if set(watched) == set(usual.metrics) else ",".join(name for name in names if name in watched)
        ),
    )


def digest_form(account: Account, chosen: AccountSettings, *, may_edit: bool, sendable: bool) -> AccountSettings | None:
    """Draws who is sent the digest and when; the settings to save once a person saves, else None.

    sendable: whether a mail server is set. Addresses are shown to those who may change them only.
    """
    mark = f"{account.public_id}_{chosen.version}"
    with st.form(f"digest_{mark}", border=True):
        st.subheader("Digest by e-mail", anchor=False)
        recipients = st.text_area(
            "Recipients", (chosen.digest_recipients or "") if may_edit else "", key=f"setting_recipients_{mark}",
            disabled=not may_edit, placeholder="ann@example.com, bob@example.com", height=80,
            help=hover("settings.recipients"),
        )  # fmt: skip
        left, middle, right = st.columns(3)
        rhythm = left.selectbox(
            "Sent", list(RHYTHMS), index=list(RHYTHMS).index(chosen.digest_rhythm),
            format_func=RHYTHMS.__getitem__, key=f"setting_rhythm_{mark}", disabled=not may_edit,
        )  # fmt: skip
        weekday = middle.selectbox(
            "On (once a week)", range(1, 8), index=(chosen.digest_weekday or 1) - 1,
            format_func=lambda number: WEEKDAYS[number - 1], key=f"setting_digestday_{mark}", disabled=not may_edit,
        )  # fmt: skip
        hour = right.selectbox(
            f"At ({account.timezone} time)", range(24),
            index=USUAL_HOUR if chosen.digest_hour is None else chosen.digest_hour,
            format_func=lambda number: f"{number:02d}:00", key=f"setting_digesthour_{mark}", disabled=not may_edit,
        )  # fmt: skip
        st.caption(
            "Net revenue, orders, order value of yesterday or the last seven days, unusual days, what needs attention."
            + ("" if sendable else " Nothing is sent yet: no mail server is set (SMTP_HOST).")
        )
        if not st.form_submit_button("Save digest", disabled=not may_edit, key=f"save_digest_{mark}"):
            return None
    return replace(
        chosen,
        digest_recipients=", ".join(filter(None, (each.strip() for each in recipients.replace("\n", ",").split(","))))
        or None,
        digest_rhythm=rhythm,
        digest_weekday=None if weekday == 1 and chosen.digest_weekday is None else weekday,
        digest_hour=None if hour == USUAL_HOUR and chosen.digest_hour is None else hour,
    )
