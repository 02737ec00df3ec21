"""A workbook before it is loaded: what it was taken for, its first rows as understood, quality, rejects, columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.workbooks import Choices, SheetChoice
from components import tables, wording
from components import workbook_words as words
from components.hovers import hover

AUTOMATIC, LEFT_OUT = "As its columns say", "Do not load"
NONE: Final = ""
COLUMNS: Final = 4
TYPES: Final = ("xlsb", "xlsx", "csv", "gz", "parquet")
COUNTRIES: Final = ("", "AT", "CH", "DE", "ES", "FR", "GB", "IT", "NL", "PL", "SE", "US")
Targets = Mapping[str, Sequence[tuple[str, bool]]]


def uploader(key: str, most_mb: int, *, may_load: bool) -> list[Any]:
    """The place where files are dropped; what was dropped."""
    return st.file_uploader(
        "Workbooks of sales, promotions, targets or segments",
        type=list(TYPES),
        accept_multiple_files=True,
        key=key,
        max_upload_size=most_mb,
        disabled=not may_load,
        help=hover("workbooks.files", most_mb=most_mb),
    )


def writing(choices: Choices) -> tuple[str, str]:
    """Country and decimal sign of text, as the person says."""
    left, right, _ = st.columns([1, 1, 2])
    country = left.selectbox(
        "Numbers and days of text", COUNTRIES, index=COUNTRIES.index(choices.country) if choices.country else 0,
        format_func=lambda code: code or "As in the first store's country", key="workbooks_country",
        help=hover("workbooks.country"),
    )  # fmt: skip
    signs = ["", ",", "."]
    decimal = right.selectbox(
        "Decimal sign", signs, index=signs.index(choices.decimal), key="workbooks_decimal",
        format_func=lambda sign: {"": "As it shows", ",": "Comma", ".": "Point"}[sign],
    )  # fmt: skip
    return country, decimal


def file(told: Mapping[str, Any], number: int, targets: Targets, choices: Choices, *, may_load: bool) -> Choices:
    """One file; the choices as the person leaves them."""
    name = str(told["name"])
    if told["refused"]:
        unfit = bool(told["sheets"]) and not any(sheet["is_read"] for sheet in told["sheets"])
        if unfit:
            st.warning("Not all columns that are needed were found.", icon=":material/view_column:")
        else:
            st.error(words.first_lines([str(told["refused"])]).removeprefix("- "))
    else:
        st.markdown(words.outlook(told))
    for place, sheet in enumerate(told["sheets"]):
        key = f"{number}_{place}"
        st.markdown(words.sheet_line(sheet))
        if sheet["told"]:
            st.caption(words.first_lines(sheet["told"]))
        if sheet["preview"]:
            _first_rows(sheet["preview"], f"workbook_rows_{key}")
        if sheet["columns"]:
            choices = _columns(name, sheet, key, targets, choices, may_load=may_load)
    for part in told["parts"]:
        _quality(part)
    if told["rejects"]:
        _rejects(told, f"workbook_rejects_{number}")
    return choices


def _first_rows(preview: Sequence[Mapping[str, Any]], key: str) -> None:
    shown = {
        words.column(name): [_shown(row[name]) for row in preview]
        for name in preview[0]
        if any(row[name] is not None for row in preview)
    }
    tables.show(shown, {}, key=key, rows_seen=6)


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _quality(part: Mapping[str, Any]) -> None:
    told = [
        f"{label} {wording.rate(part['quality'][name] * 100)}"
        for name, label in words.SHARES.items()
        if part["quality"].get(name) is not None
    ]
    st.markdown(f"Quality of {words.KINDS[part['kind']].lower()}: {' · '.join(told)}")


def _rejects(told: Mapping[str, Any], key: str) -> None:
    rejects = told["rejects"]
    st.markdown(f"**{words.rows(told['rejected']) if told['rejected'] else 'Rows'}** left out, with the reasons:")
    shown = {
        "Sheet": [one["sheet"] or None for one in rejects],
        "Row": [one["row"] for one in rejects],
        "Column": [one["column"] or None for one in rejects],
        "Reason": [one["reason"] for one in rejects],
    }
    tables.show(shown, {"Reason": st.column_config.TextColumn(width="large")}, key=key, rows_seen=6)


def _columns(
    name: str, sheet: Mapping[str, Any], key: str, targets: Targets, choices: Choices, *, may_load: bool
) -> Choices:
    """The columns of a sheet against those of its table, to be corrected; the choices, changed where they were."""
    place = (name, str(sheet["name"]))
    own = choices.sheets.get(place, SheetChoice())
    with st.expander("Columns", expanded=bool(sheet["lacking"]) and bool(sheet["sources"]), key=f"columns_{key}"):
        options = [AUTOMATIC, *words.KINDS.values(), LEFT_OUT]
        now = LEFT_OUT if own.is_left_out else words.KINDS.get(own.kind, AUTOMATIC)
        chosen = st.selectbox("This sheet holds", options, index=options.index(now), key=f"kind_{key}",
                              disabled=not may_load)  # fmt: skip
        by_name = {label: kind for kind, label in words.KINDS.items()}
        kind = by_name.get(chosen, "")
        wanted = own
        shown = kind or str(sheet["kind"])
        if chosen != LEFT_OUT and shown:
            wanted = SheetChoice(kind, own.pairs if kind == own.kind else ())
            with st.form(f"map_{key}", border=False):
                pairs = _pairs(sheet, shown, targets[shown], f"{key}_{shown}", may_load=may_load)
                if st.form_submit_button("Apply", key=f"apply_{key}", disabled=not may_load):
                    wanted = SheetChoice(kind, pairs)
        elif chosen == LEFT_OUT:
            wanted = SheetChoice(is_left_out=True)
    if wanted == own:
        return choices
    return Choices(choices.country, choices.decimal, {**choices.sheets, place: wanted})


def _pairs(
    sheet: Mapping[str, Any], kind: str, targets: Sequence[tuple[str, bool]], key: str, *, may_load: bool
) -> tuple[tuple[str, str], ...]:
    sources = sheet["sources"] if kind == sheet["kind"] else {}
    options = [NONE, *sheet["columns"]]
    pairs, columns = [], st.columns(COLUMNS)
    for at, (target, is_needed) in enumerate(targets):
        source = sources.get(target, NONE)
        picked = columns[at % COLUMNS].selectbox(
            words.column(target) + (" (needed)" if is_needed else ""),
            options,
            index=options.index(source) if source in options else 0,
            format_func=lambda option: option or wording.NOT_AVAILABLE,
            key=f"pair_{key}_{target}",
            disabled=not may_load,
        )
        if picked != source or picked:
            pairs.append((target, picked))
        elif not is_needed:
            pairs.append((target, NONE))
    return tuple(pairs)


def rejects_download(made: Callable[[], bytes], name: str, key: str) -> None:
    """The reject file, read when it is asked for."""
    st.download_button(
        "Download what is left out", made, file_name=name, mime=tables.CSV, key=key, icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip
