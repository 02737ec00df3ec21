"""The form of a store's settings, and the table of its exchange rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
import streamlit as st

from analytics.account import DEFAULT_MINIMUM_PAIR_COUNT, WEEKDAYS, Account, AccountSettings, Metric
from analytics.lifetime_value import Terms
from components import wording
from components.hovers import hover

CURRENCIES: Final = (
    *("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "AUD", "NZD", "CAD"),
    *("JPY", "CNY", "HKD", "SGD", "KRW", "INR", "ILS", "AED", "SAR", "ZAR", "BRL", "MXN"),
)
COUNTRIES: Final = (
    *("AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "HU", "IE", "IL", "IN", "IT"),
    *("JP", "MX", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "SG", "TR", "US", "ZA"),
)
RATE_COLUMNS: Final = pa.schema(
    [("date", pa.date32()), ("base", pa.string()), ("quote", pa.string()), ("rate", pa.decimal128(18, 8))]
)
HELD: Final[dict[bool | None, str]] = {None: "Not stated", True: "Yes", False: "No"}


def follows(account: Account) -> str:
    """When what rests on all orders is computed anew: a store that is filled from files has no sync."""
    return "by the clock, within a day" if account.files is not None else "at the end of the next sync"


def settings_form(
    account: Account, chosen: AccountSettings, metrics: Sequence[Metric], *, may_edit: bool
) -> AccountSettings | None:
    """Draws the form over `chosen`; the values to save once a person saves, else None."""
    mark = f"{account.public_id}_{chosen.version}"
    usual = next((metric for metric in metrics if metric.usual), None)
    by_id = {metric.id: metric for metric in metrics}
    origin = "as in Klaviyo" if account.files is None else "as the store was made"
    with st.form(f"settings_{mark}", border=True):
        st.subheader("What counts as an order", anchor=False)
        metric = st.selectbox(
            "Conversion metric" if account.files is None else "Conversion metric: none, the orders come from files",
            [None, *by_id],
            index=_place([None, *by_id], chosen.conversion_metric_id),
            format_func=lambda id: (
                _metric(by_id[id]) if id else f"Automatic: {_metric(usual) if usual else 'none yet'}"
            ),
            key=f"setting_metric_{mark}",
            disabled=not may_edit or account.files is not None,
            help=hover("settings.conversion_metric"),
        )
        left, right = st.columns(2)
        vat = left.selectbox(
            "Order values hold VAT", list(HELD), index=_place(list(HELD), chosen.includes_vat), format_func=_held,
            key=f"setting_vat_{mark}", disabled=not may_edit, help=hover("settings.order_values_hold_vat"),
        )  # fmt: skip
        shipping = right.selectbox(
            "Order values hold shipping", list(HELD), index=_place(list(HELD), chosen.includes_shipping),
            format_func=_held, key=f"setting_shipping_{mark}", disabled=not may_edit,
            help=hover("settings.order_values_hold_shipping"),
        )  # fmt: skip
        st.subheader("Money and calendar", anchor=False)
        left, right = st.columns(2)
        currency = left.selectbox(
            "Currency of all sums",
            [None, *CURRENCIES],
            index=_place([None, *CURRENCIES], chosen.currency),
            format_func=lambda code: code or f"{account.own_currency}, {origin}",
            key=f"setting_currency_{mark}",
            disabled=not may_edit,
            help=hover("settings.currency_of_all_sums"),
        )
        country = right.selectbox(
            "Country",
            [None, *COUNTRIES],
            index=_place([None, *COUNTRIES], chosen.country),
            format_func=lambda code: code or f"{account.own_country or 'none'}, {origin}",
            key=f"setting_country_{mark}",
            disabled=not may_edit,
            help=hover("settings.country"),
        )
        days = left.number_input(
            "Usual return time, in days", 1, 365, account.return_days, key=f"setting_days_{mark}",
            disabled=not may_edit,
            help=hover("settings.usual_return_time_in_days"),
        )  # fmt: skip
        weekdays = [None, *range(1, 8)]
        first = right.selectbox(
            "First day of the week",
            weekdays,
            index=_place(weekdays, chosen.first_weekday),
            format_func=lambda n: WEEKDAYS[n - 1] if n else f"{WEEKDAYS[account.usual_first_weekday - 1]}, by country",
            key=f"setting_weekday_{mark}",
            disabled=not may_edit,
        )
        st.subheader("Expected value of customers", anchor=False)
        left, middle, right = st.columns(3)
        months = left.number_input(
            "Months ahead", 1, 60, chosen.value_months or Terms().months, key=f"setting_months_{mark}",
            disabled=not may_edit, help=hover("settings.months_ahead"),
        )  # fmt: skip
        discount = middle.number_input(
            "Discount rate, % a year", 0.0, 100.0, chosen.value_discount_pct or 0.0, key=f"setting_discount_{mark}",
            disabled=not may_edit, help=hover("settings.discount_rate_pct_a_year"),
        )  # fmt: skip
        margin = right.number_input(
            "Margin, % of revenue", 0.0, 100.0, chosen.value_margin_pct, key=f"setting_margin_{mark}",
            disabled=not may_edit, placeholder="Not set",
            help=hover("settings.margin_pct_of_revenue"),
        )  # fmt: skip
        st.subheader("Engaged people and products bought together", anchor=False)
        left, middle, _ = st.columns(3)
        engaged = middle.number_input(
            "Engaged within, in days", 1, 730, account.engaged_days, key=f"setting_engaged_{mark}",
            disabled=not may_edit,
            help=hover("settings.engaged_within_in_days"),
        )  # fmt: skip
        minimum = left.number_input(
            "Baskets of a pair, at least", 1, 10_000, chosen.minimum_pair_count or DEFAULT_MINIMUM_PAIR_COUNT,
            key=f"setting_minimum_{mark}", disabled=not may_edit,
            help=hover("settings.baskets_of_a_pair_at_least"),
        )  # fmt: skip
        st.caption(
            "A change of the conversion metric, the currency or the country computes this store's figures anew. "
            f"Expected value and pairs of products follow {follows(account)}."
        )
        if not st.form_submit_button("Save settings", type="primary", disabled=not may_edit, key=f"save_{mark}"):
            return None
    return replace(
        chosen,
        conversion_metric_id=metric,
        currency=currency,
        country=country,
        includes_vat=vat,
        includes_shipping=shipping,
        return_days=None if int(days) == account.return_days and chosen.return_days is None else int(days),
        first_weekday=first,
        engaged_days=None if int(engaged) == account.engaged_days and chosen.engaged_days is None else int(engaged),
        value_months=None if int(months) == Terms().months and chosen.value_months is None else int(months),
        value_discount_pct=None if not discount and chosen.value_discount_pct is None else float(discount),
        value_margin_pct=float(margin) if margin else None,
        minimum_pair_count=(
            None if int(minimum) == DEFAULT_MINIMUM_PAIR_COUNT and chosen.minimum_pair_count is None else int(minimum)
        ),
    )


def rates_table(rates: Sequence[Mapping[str, Any]], account: Account, *, may_edit: bool) -> list[dict[str, Any]] | None:
    """An editable table of exchange rates; all its rows once a person saves, else None."""
    key = f"rates_{account.public_id}_{account.currency}_{len(rates)}"
    rows = [
        {"date": rate["date"], "base": rate["base"], "quote": rate["quote"], "rate": rate["rate"]} for rate in rates
    ]
    with st.form(f"form_{key}", border=False):
        edited = st.data_editor(
            pa.Table.from_pylist(rows, schema=RATE_COLUMNS),
            num_rows="dynamic" if may_edit else "fixed",
            disabled=not may_edit,
            hide_index=True,
            key=key,
            column_config={
                "date": st.column_config.DateColumn("Valid from", required=True, format="DD MMM YYYY"),
                "base": st.column_config.TextColumn("One unit of", required=True, validate="^[A-Z]{3}$"),
                "quote": st.column_config.TextColumn(
                    "in", required=True, default=account.currency, validate="^[A-Z]{3}$"
                ),
                "rate": st.column_config.NumberColumn("is", required=True, min_value=0.0, format="%.6f"),
            },
        )
        if not st.form_submit_button("Save rates", disabled=not may_edit, key=f"save_{key}"):
            return None
    return list(edited.to_pylist())


def rates_upload(account: Account, *, may_edit: bool) -> tuple[bytes, str] | None:
    """A file of rates and its name, once a person loads it, else None."""
    with st.form(f"upload_{account.public_id}", border=False, clear_on_submit=True):
        file = st.file_uploader(
            "Load rates from a CSV",
            type="csv",
            key=f"rates_file_{account.public_id}",
            max_upload_size=20,
            disabled=not may_edit,
            help=hover("settings.load_rates_from_a_csv"),
        )
        pressed = st.form_submit_button("Load file", disabled=not may_edit, key=f"load_{account.public_id}")
    if pressed and file is None:
        st.warning("No file was chosen: choose a CSV first, then load it.")
    return (file.getvalue(), file.name) if pressed and file is not None else None


def _held(value: bool | None) -> str:
    return HELD[value]


def _metric(metric: Metric) -> str:
    where = f" · {metric.integration}" if metric.integration else ""
    return f"{metric.name}{where} ({wording.count(metric.events)} events)"


def _place(options: Sequence[Any], value: Any) -> int:
    return options.index(value) if value in options else 0
