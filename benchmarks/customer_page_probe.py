"""Times of the pages about customers as JSON, in a process of its own: `python -m benchmarks.customer_page_probe RUNS`.

Every question of a page is an address. `cold`: a new session with nothing cached; `warm`: a further run of the same
page; `counted, warm`: a further run once the answer to what is read beside the page is there. Wall and processor time
(of all threads but the one that waits for the page) each: where other work shares the machine they differ. The least of
the runs is told: what else runs only ever adds.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.page_probe import require_drawn
from data_access import beside, unwritten
from data_access.queries.customer_history import forget
from logs import configure
from settings import PROJECT_ROOT

PAGES: Final = Path("pages/customers")
# Seconds between two looks whether what is read beside a page is there.
LOOK: Final = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks a page: query parameters of its address, and what is pressed or set there (by its key)."""

    name: str
    page: str
    address: dict[str, str | list[str]] = field(default_factory=dict)
    pressed: tuple[str, ...] = ()


_SEVERAL: Final = ["Champions", "Loyal"]
_CHAMPIONS: Final[dict[str, str | list[str]]] = {"segment": ["Champions"]}
_CHOSEN: Final[dict[str, str | list[str]]] = {"days": "Chosen period", "period": "Custom", "to": "the last day"}
QUESTIONS: Final = (
    Question("RFM", "rfm"),
    Question("RFM, moves since 30 days", "rfm", {"back": "30 days"}),
    Question("RFM, 24 months", "rfm", {"window": "24 months"}),
    Question("RFM, 12 months, moves since 365 days", "rfm", {"window": "12 months", "back": "365 days"}),
    Question("RFM, Klaviyo's groups", "rfm", {"scheme": "Klaviyo's groups"}),
    Question("RFM, one segment's customers", "rfm", {"segment": "Champions"}),
    Question("RFM, one customer's orders", "rfm", {"customer": "c7"}),
    Question("Cohorts", "cohorts"),
    Question("Cohorts, one customer", "cohorts", {"listed": "Customers", "customer": "c7"}),
    Question("Products", "products"),
    Question("Products, the stars", "products", {"standing": "Star"}),
    Question("Products, one product", "products", {"product": "p7"}),
    Question("Basket", "basket"),
    Question("Basket, all tested", "basket", {"tested": "All tested"}),
    Question("Basket, a month", "basket", _CHOSEN | {"from": "a month before"}),
    Question("Basket, a year, while it is counted", "basket", _CHOSEN | {"from": "a year before"}),
    Question("Basket, a segment", "basket", {"segment": ["Champions"]}),
    Question("Basket, several segments, while they are counted", "basket", {"segment": _SEVERAL}),
    Question("Basket, categories", "basket", {"level": "Categories"}),
    Question("Basket, categories of several segments", "basket", {"level": "Categories", "segment": _SEVERAL}),
    Question("Basket, bought with one", "basket", {"with": ["most"]}),
    Question("Basket, bought with two", "basket", {"with": ["most", "second"]}),
    Question("Basket, bundles", "basket", {"bundles": "true"}),
    Question("Basket, a segment's bundles, while they are looked for", "basket", _CHAMPIONS | {"bundles": "true"}),
)


def main(runs: int, only: str = "") -> dict[str, Any]:
    """By question: milliseconds of wall and processor time, cold and warm; and the peak memory in MB."""
    app = _session(Question("", "rfm"), None)
    _ran(app)  # imports
    names = _names()
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        if only and only not in question.name:
            continue
        address = {
            key: [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)
            for key, value in question.address.items()
        }
        asked = Question(question.name, question.page, address)
        best: dict[str, float] = {}
        for _ in range(runs):
            st.cache_resource.clear()
            forget()
            unwritten.forget()
            beside.QUESTIONS.forget()
            fresh = _session(asked, app)
            for state in ("cold", "warm"):
                _least(best, state, _ran(fresh))
            if _waits(fresh):
                while _waits(fresh):
                    time.sleep(LOOK)
                    _ran(fresh)
                _least(best, "counted, warm", _ran(fresh))
        found[question.name] = best
    return {"questions": found, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _least(best: dict[str, float], state: str, taken: dict[str, float]) -> None:
    for kind, one in taken.items():
        best[f"{state} {kind}"] = min(one, best.get(f"{state} {kind}", one))


def _waits(app: AppTest) -> bool:
    """Whether the page says that its figures are not there yet."""
    return any(" so far. The figures stand here" in one.value for one in app.markdown)


def _names() -> dict[str, str]:
    """What the two products that most baskets hold are called in the page's list; the last days of orders."""
    from analytics.basket import Level
    from components.basket import choices
    from data_access.queries.accounts import accounts
    from data_access.queries.basket import basket_choices
    from data_access.queries.rfm import computed
    from data_access.scope import local_admin
    from data_access.stores import open_stores
    from settings import get_settings

    stores = open_stores(get_settings())
    account = accounts(stores, local_admin())[0].public_id
    found = basket_choices(stores, local_admin(), account, Level.PRODUCT)
    most, second, *_ = choices(found[:10])
    known = computed(stores, local_admin(), account)
    assert known is not None
    last = known.as_of - timedelta(days=1)
    days = {"the last day": 0, "a month before": 29, "a year before": 364}
    return {"most": most, "second": second} | {
        name: (last - timedelta(days=before)).isoformat() for name, before in days.items()
    }


def _session(question: Question, before: AppTest | None) -> AppTest:
    """A new session on that address. A server looks through installed packages once, at its start: no page's work."""
    app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=300)
    if before is not None:
        app._bidi_component_manager = before._bidi_component_manager
    for name, value in question.address.items():
        app.query_params[name] = value
    app.switch_page(str(PAGES / f"{question.page}.py"))
    return app


def _ran(app: AppTest) -> dict[str, float]:
    # The page runs in a thread of its own. This one looks again and again whether it has ended, and reads what it drew:
    # neither is a server's work.
    wall, busy, own = time.perf_counter(), time.process_time(), time.thread_time()
    app.run()
    worked = (time.process_time() - busy) - (time.thread_time() - own)
    taken = {"wall": (time.perf_counter() - wall) * 1000, "cpu": worked * 1000}
    require_drawn(app)
    return taken


if __name__ == "__main__":
    configure("WARNING", "stderr")
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), *sys.argv[2:])))
