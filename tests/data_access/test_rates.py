"""Exchange rates from files and tables: what is kept, what is refused and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data_access.queries.accounts import rates
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.rates import RatesChanged, UnreadableRates, load_rates, load_rates_file, put_rates

ADMIN = local_admin()
USD = {"date": date(2026, 1, 1), "base": "USD", "quote": "EUR", "rate": Decimal("0.85")}


def held(stores: Stores) -> dict[tuple[str, str, str], Decimal]:
    found = rates(stores, ADMIN, "AbC123", "EUR")
    return {(str(row["date"]), row["base"], row["quote"]): row["rate"] for row in found}


@pytest.mark.parametrize(
    "text",
    [
        "date,base,quote,rate\n2026-01-01,USD,EUR,0.85\n",
        "\ufeffdate;base;quote;rate\r\n2026-01-01;usd;eur;0.85\r\n\r\n",
        "quote,rate,source,date,base\nEUR,0.85,ECB,2026-01-01,USD",
    ],
)
def test_files_as_spreadsheets_write_them(stores: Stores, tmp_path: Path, text: str) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(text, encoding="utf-8", newline="")
    done = load_rates_file(stores, ADMIN, file)
    assert (done.loaded, done.changed, done.rejected) == (1, 1, ())
    assert held(stores) == {("2026-01-01", "USD", "EUR"): Decimal("0.85")}


def test_loading_the_same_file_twice_changes_nothing(stores: Stores) -> None:
    text = b"date,base,quote,rate\n2026-01-01,USD,EUR,0.85\n2026-02-01,USD,EUR,0.86\n"
    assert load_rates(stores, ADMIN, text, "a").changed == 2
    assert load_rates(stores, ADMIN, text, "a").changed == 0
    assert load_rates(stores, ADMIN, text.replace(b"0.86", b"0.87"), "b").changed == 1


def test_bad_lines_are_refused_by_place_and_reason_and_the_others_kept(stores: Stores) -> None:
    lines = [
        "date,base,quote,rate",
        "2026-01-01,USD,EUR,0.85",
        "01/02/2026,USD,EUR,0.85",
        "2026-01-02,DOLLAR,EUR,0.85",
        "2026-01-03,USD,EUR,0,85",
        "2026-01-04,USD,EUR,-1",
        "2026-01-05,EUR,EUR,1",
        "2026-01-01,USD,EUR,0.99",
        "2026-01-06,USD,EUR,nan",
    ]
    done = load_rates(stores, ADMIN, "\n".join(lines).encode(), "x")
    assert done.loaded == 1
    assert [place for place, _ in done.rejected] == [3, 4, 5, 6, 7, 8, 9]
    reasons = dict(done.rejected)
    assert "not a date" in reasons[3]
    assert "not a currency code" in reasons[4]
    assert "holds 5 values" in reasons[5]
    assert "repeats 2026-01-01 USD/EUR of line 2" in reasons[8]
    assert held(stores)["2026-01-01", "USD", "EUR"] == Decimal("0.85")


@pytest.mark.parametrize("content", [b"", b"day,from,to,rate\n", b"\xff\xfe\x00"])
def test_what_is_no_rate_table_is_refused_whole(stores: Stores, content: bytes) -> None:
    with pytest.raises(UnreadableRates):
        load_rates(stores, ADMIN, content, "x")


def test_a_table_saved_over_somebody_elses_is_refused(stores: Stores) -> None:
    put_rates(stores, ADMIN, [(1, USD)], source="first")
    seen = rates(stores, ADMIN, "AbC123", "EUR")
    put_rates(stores, ADMIN, [(1, USD | {"rate": Decimal("0.9")})], source="second")
    with pytest.raises(RatesChanged):
        put_rates(stores, ADMIN, [(1, USD | {"rate": Decimal("0.7")})], source="x", seen=seen, currency="EUR")
    assert held(stores)["2026-01-01", "USD", "EUR"] == Decimal("0.9")
    done = put_rates(stores, ADMIN, [(1, USD | {"rate": Decimal("0.9")})], source="x", seen=seen, currency="EUR")
    assert done.changed == 0


def test_rates_can_be_taken_away(stores: Stores) -> None:
    put_rates(stores, ADMIN, [(1, USD)], source="first")
    assert put_rates(stores, ADMIN, [], source="x", deleted=[USD]).changed == 1
    assert held(stores) == {}


def test_rates_need_the_right(stores: Stores) -> None:
    with pytest.raises(NotPermitted):
        load_rates(stores, granted("eve", ["AbC123"], [Right.VIEW]), b"", "x")
