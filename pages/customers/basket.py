"""Basket: what is bought together, what perhaps instead of each other, and what to offer to whom."""

import streamlit as st

from analytics.basket import Level
from components import basket as words
from components import cards, export_words, filters, states, wording
from components.plain import plain
from components.revenue_words import not_computed
from data_access.beside import Pending
from data_access.queries.basket import (
    DERIVED,
    all_bundles,
    all_rules,
    basket,
    basket_choices,
    basket_segments,
    found_bundles,
    to_count,
)
from data_access.queries.basket_query import BasketQuery, BundleQuery
from pages.frame import exports, waiting
from pages.frame.sidebar import OF_PERIOD
from pages.frame.view import opened

SUPPORTS = {"Any": 0.0, "0.1 %": 0.001, "0.5 %": 0.005, "1 %": 0.01}
LIFTS = {"Any": 0.0, "1.5": 1.5, "2": 2.0, "5": 5.0}
ALL_ORDERS = "All orders"
TOGETHER, TESTED = "Bought together", "All tested"

view = opened()
account, currency = view.account, view.account.currency
st.title("Basket", anchor=False)
caption = st.empty()
with st.container(horizontal=True, vertical_alignment="bottom"):
    level = Level(filters.one("Pairs of", list(Level), key="level"))
    days = filters.one("Orders", [ALL_ORDERS, OF_PERIOD], key="days")
    support = filters.one("Support at least", list(SUPPORTS), key="support")
    lift = filters.one("Lift at least", list(LIFTS), key="lift")
period = view.chosen.period
start, end = (period.start, period.end) if days == OF_PERIOD else (None, None)
names = words.choices(view.read(basket_choices, level, derived=DERIVED))
with st.container(horizontal=True, vertical_alignment="bottom"):
    what = "product" if level is Level.PRODUCT else "category"
    given = filters.several("Bought with", list(names), key="with", everything=f"Any {what}")
    segments = filters.several(
        "Customers", view.read(basket_segments, derived=DERIVED), key="segment", everything="All segments"
    )
    related = filters.one("Pairs", [TOGETHER, TESTED], key="tested") == TOGETHER
    row_end = st.container(width="content")
filters.missing("level", "days", "support", "lift", "tested", "with", "segment")
asked = BasketQuery(
    level, start, end, segments, tuple(names[name] for name in given), SUPPORTS[support], LIFTS[lift], related
)
# Figures of a large shop that are not kept are counted beside the page, which says so until they are there.
counted = view.read(to_count, asked, derived=DERIVED)
soon = counted.steps <= waiting.PAIRS_SOON
body, found = states.body(
    "basket", view.visit, words.skeleton, lambda: waiting.read(view, basket, asked, DERIVED, soon=soon)
)
with body:
    if isinstance(found, Pending):
        caption.caption(plain(account.name))
        waiting.follow(found, words.counting(counted.baskets))
        words.skeleton()
        st.stop()
    if found is None or not found.baskets:
        # Without orders there are no products; where none of them has a category there are none of these to choose.
        nothing = found is None or not view.read(basket_choices, Level.PRODUCT, derived=DERIVED)
        states.empty(
            "No baskets yet" if nothing else "No baskets in this selection",
            not_computed(account, "pairs of products") if nothing else "Choose other days, or fewer segments.",
            key="empty",
        )
        st.stop()
    filtered = [
        *(segments if segments else []),
        *([f"with {' + '.join(given)}"] if given else []),
    ]
    chosen = wording.days(period) if start else ""
    caption.caption(plain(words.caption(found, account, chosen, filtered, view.now)))
    file = f"promolens-{account.public_id}-basket-{found.as_of}"
    notes = words.notes(found, level)
    baskets, instead = found.baskets, found.substitutes
    with row_end:
        said = words.caption(found, account, chosen, filtered, None)
        facts = export_words.about(said, view.shown, filters=filtered, notes=notes)
        store, scope, id = view.stores, view.scope, account.public_id
        larger = BundleQuery(asked, found.minimum)
        sets = {
            "Pairs": lambda: words.export_rows(all_rules(store, scope, id, asked), baskets, currency),
            "Substitutes": lambda: words.export_rows(instead, baskets, currency),
            "Bundles": lambda: words.export_bundles(all_bundles(store, scope, id, larger)),
        }
        # Bundles are looked for when asked, there as here.
        exports.menu(
            view, "Basket", sets, facts, file=file, apart=() if st.session_state.get("bundles") else ("Bundles",)
        )
    cards.show(words.six_cards(found, level), "", sparklines=False)
    st.markdown(words.answer(found, level))
    with st.container(border=True):
        filters.heading("What goes together most surely")
        words.surest(found.rules, f"{file}-surest", words.nothing(found, level), narrow=view.on_phone)
    with st.container(border=True):
        filters.heading("What to offer to whom")
        words.hints(found, level, currency)
    with st.container(border=True):
        filters.heading("Perhaps instead of each other")
        words.substitutes(found.substitutes)
    with st.container(border=True):
        filters.heading("Pairs")
        words.pairs(found.rules, words.nothing(found, level))
    with st.container(border=True):
        filters.heading("Bundles of three and more")
        if st.toggle("Look for bundles", key="bundles", bind="query-params"):
            counted = view.read(to_count, larger, derived=DERIVED)
            soon = counted.steps <= waiting.BUNDLES_SOON
            sets_found = waiting.read(view, found_bundles, larger, DERIVED, soon=soon)
            if isinstance(sets_found, Pending):
                waiting.follow(sets_found, words.looking(counted.baskets))
            else:
                words.bundles(sets_found)
        else:
            st.caption("Sets of three to five that stand in baskets together; looked for when asked, from the baskets.")
    with st.expander("Notes: what is left out, which method"):
        st.markdown("\n".join(f"- {note}" for note in notes))
