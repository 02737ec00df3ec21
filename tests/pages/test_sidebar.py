"""The sidebar's period and comparison: grey on pages that do not look at them, and kept for those that do."""

from __future__ import annotations

import pytest

from data_access.stores import Stores
from tests.pages.conftest import Open


@pytest.mark.parametrize(
    ("page", "instead"),
    [("rfm", "up to the day As of"), ("cohorts", "by the month"), ("products", "30, 60 and 90 days")],
)
def test_what_does_nothing_is_grey_and_says_why(connected: Stores, open_page: Open, page: str, instead: str) -> None:
    app = open_page(page, period="7 d", compare="Last year")
    for key in ("period", "compare", "align"):
        assert app.selectbox(key=key).disabled
    assert instead in app.selectbox(key="period").help
    assert instead in app.selectbox(key="compare").help
    # What was chosen stays for the pages that look at it.
    app.switch_page("pages/sales/revenue.py").run()
    assert (app.selectbox(key="period").value, app.selectbox(key="period").disabled) == ("7 d", False)
    assert (app.selectbox(key="compare").value, app.selectbox(key="compare").disabled) == ("Last year", False)


def test_the_basket_page_looks_at_the_period_where_it_is_told_to(connected: Stores, open_page: Open) -> None:
    for days, grey in (("All orders", True), ("Chosen period", False)):
        app = open_page("basket", days=days)
        assert app.selectbox(key="period").disabled is grey
        assert app.selectbox(key="compare").disabled
