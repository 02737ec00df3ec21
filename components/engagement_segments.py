"""Segments and lists on the engagement page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from analytics.engagement import Audiences, MailingList
from analytics.engagement_audience import SegmentDetail
from components import bar_chart, charts, day_marks, line_chart, palette, tables, wording
from components.engagement_columns import SEGMENT
from components.hovers import hover
from components.line_chart import Series
from components.revenue_series import Shown


def segment_table(found: Audiences) -> None:
    """Segments with their size, joins, leaves and growth over the period; then lists."""
    held = found.segments
    if held:
        columns: dict[str, list[Any]] = {
            "Segment": [segment.name for segment in held],
            "Members": [segment.members for segment in held],
            "Joined": [segment.joined for segment in held],
            "Left": [segment.gone for segment in held],
            "Growth": [segment.growth for segment in held],
            "Trend": [[float(size) for _, size in segment.sizes] for segment in held],
            "State": ["Not kept up to date" if segment.active is False else None for segment in held],
        }
        config = {
            "Segment": st.column_config.TextColumn("Segment", width="medium"),
            "Members": st.column_config.NumberColumn("Members", format="%,d", help=hover("engagement.members")),
            "Joined": st.column_config.NumberColumn("Joined", format="%,d"),
            "Left": st.column_config.NumberColumn("Left", format="%,d"),
            "Growth": st.column_config.NumberColumn("Growth", format="%+.1f %%", help=hover("engagement.growth")),
            "Trend": st.column_config.LineChartColumn("Members by day"),
            "State": st.column_config.TextColumn("State", width="small"),
        }
        ids = [segment.id for segment in held]
        tables.pickable(columns, config, ids=ids, param=SEGMENT, key="table_segments")
        st.caption("Tick a row to see its size day by day, who joined and left, and which customers are in it.")
    else:
        st.caption("No segment has a size in these days.")
    if found.lists:
        st.markdown("**Lists**")
        _lists(found.lists)


def _lists(held: Sequence[MailingList]) -> None:
    columns: dict[str, list[Any]] = {
        "List": [each.name for each in held],
        "Members": [each.members for each in held],
        "Growth": [each.growth for each in held],
        "Trend": [[float(size) for _, size in each.sizes] or None for each in held],
        "Known": [each.sizes[-1][0] if each.sizes else None for each in held],
        "Sign-up": [each.opt_in.replace("_", " ").replace("opt in", "opt-in").capitalize() for each in held],
        "Made": [each.created_at.date() if each.created_at else None for each in held],
    }
    config = {
        "List": st.column_config.TextColumn("List", width="medium"),
        "Members": st.column_config.NumberColumn("Members", format="%,d", help=hover("engagement.list_members")),
        "Growth": st.column_config.NumberColumn("Growth", format="%+.1f %%", help=hover("engagement.list_growth")),
        "Trend": st.column_config.LineChartColumn("Members by day"),
        "Known": st.column_config.DateColumn("Size of", format="D MMM YYYY"),
        "Made": st.column_config.DateColumn("Made", format="D MMM YYYY"),
    }
    tables.show(columns, config, key="table_lists", rows_seen=5)
    st.caption(sizes_known(held))


def sizes_known(held: Sequence[MailingList]) -> str:
    """Of how many lists the size is known in the period, and why not of all."""
    known = sum(each.members is not None for each in held)
    if known == len(held):
        return "Klaviyo tells a list's size as it is on the day: there is one for each day that was synced."
    number = "The size of no list" if not known else f"The size of {known} of {len(held)} lists"
    return (
        f"{number} is synced in these days: not synced yet where none stands. Klaviyo tells a list's size as it is on "
        "the day, and of few lists at a time."
    )


def segment(found: SegmentDetail, shown: Shown, file: str) -> None:
    """A segment's size, joins and leaves by day, and its overlap with the RFM segments."""
    period = shown.period
    days = [period.start + timedelta(days=place) for place in range(period.days)]
    dates = [day.isoformat() for day in days]
    sizes = [found.days.get(day, (None, 0, 0))[0] for day in days]
    known = [size for size in sizes if size is not None]
    joined, gone = sum(told[1] for told in found.days.values()), sum(told[2] for told in found.days.values())
    if not known:
        st.caption("Its size is not known on any of these days.")
    else:
        texts = [f"{wording.count(size)} members" if size is not None else "not known" for size in sizes]
        values = [None if size is None else float(size) for size in sizes]
        st.markdown("**Members by day**")
        figure = line_chart.over_time(dates, Series("Members", values, texts), None, unit="Members")
        figure["layout"]["height"] = 200
        alt = f"Members of {found.name}: {wording.count(known[0])} at first, {wording.count(known[-1])} at the end."
        alt = day_marks.on(figure, dates, period.end, shown.marked, alt)
        charts.show(figure, key="chart_members", alt=alt, file=f"{file}-members")
    moves = [found.days.get(day, (None, 0, 0))[1:] for day in days]
    if any(came or left for came, left in moves):
        hover = [
            f"{wording.day(day)}: {wording.count(came)} joined, {wording.count(left)} left"
            for day, (came, left) in zip(days, moves, strict=True)
        ]
        st.markdown("**Joined and left by day**")
        figure = bar_chart.over_days(
            days,
            {"Joined": [float(came) for came, _ in moves], "Left": [-float(left) for _, left in moves]},
            {"Joined": palette.ACCENT, "Left": palette.MUTED},
            hover,
            height=200,
        )
        figure["layout"]["barmode"] = "relative"
        charts.name_values(figure["layout"], "People")
        alt = f"{wording.count(joined)} people joined {found.name} and {wording.count(gone)} left it."
        alt = day_marks.on(figure, dates, period.end, shown.marked, alt)
        charts.show(figure, key="chart_moves", alt=alt, file=f"{file}-moves")
    st.caption(f"{wording.count(joined)} joined and {wording.count(gone)} left in these days.")
    _overlap(found)


def _overlap(found: SegmentDetail) -> None:
    st.markdown("**Who is in it, by RFM segment**")
    if not found.overlap or found.snapshot is None:
        st.caption(
            "Members are kept for the segments that the setting `SYNC_SEGMENTS` names, a snapshot a week; this is none "
            "of them."
        )
        return
    named = [each for each in found.overlap if each.rfm_segment]
    rest = [each for each in found.overlap if not each.rfm_segment]
    held = [*named, *rest]
    columns: dict[str, list[Any]] = {
        "RFM": [each.rfm_segment or "No order that counts" for each in held],
        "Members": [each.members for each in held],
        "Share": [each.members / found.members * 100 for each in held],
        "Reached": [each.reached for each in held],
    }
    config = {
        "RFM": st.column_config.TextColumn("RFM segment", width="medium"),
        "Members": st.column_config.NumberColumn("Members", format="%,d"),
        "Share": st.column_config.NumberColumn("Of its members", format="%.1f %%"),
        "Reached": st.column_config.NumberColumn(
            "Of the RFM segment", format="%.1f %%", help=hover("engagement.of_the_rfm_segment")
        ),
    }
    tables.show(columns, config, key="table_overlap", rows_seen=12)
    st.caption(
        f"{wording.count(found.buyers)} of {wording.count(found.members)} members are customers, by the snapshot of "
        f"{wording.day(found.snapshot)} and the RFM segments of today."
    )
