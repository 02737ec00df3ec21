"""Products: what sells, what is new, what fades."""

import streamlit as st

from components import basket as basket_words
from components import cards, export_words, filters, states, tables
from components import product_range as words
from components.plain import plain
from components.revenue_words import not_computed
from data_access.queries.basket import DERIVED as BASKET
from data_access.queries.basket import basket
from data_access.queries.basket_query import BasketQuery
from data_access.queries.product_range import DERIVED, all_products, product_name, product_range
from pages.frame import exports
from pages.frame.view import opened

view = opened()
account, currency = view.account, view.account.currency
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Products", anchor=False, width="content")
    row_end = st.container(width="content")
caption = st.empty()
body, found = states.body(
    "products",
    view.visit,
    words.skeleton,
    lambda: view.read(product_range, derived=DERIVED),
)
with body:
    if found is None:
        states.empty(
            "No products yet",
            not_computed(account, "its products"),
            key="empty",
        )
        st.stop()
    caption.caption(plain(words.caption(found, account, view.now)))
    file = f"promolens-{account.public_id}-products-{found.as_of}"
    notes = words.notes(found, len(found.products))
    with row_end:
        said = words.caption(found, account, None)
        facts = export_words.about(said, view.shown, notes=notes)
        store, scope, id = view.stores, view.scope, account.public_id
        sets = {"Products": lambda: words.export_rows(all_products(store, scope, id), currency)}
        exports.menu(view, "Products", sets, facts, file=file)
    cards.show(words.six_cards(found, currency), "", sparklines=False)
    st.markdown(words.answer(found, currency))
    with st.container(border=True):
        filters.heading("What sells: often, and for much")
        words.landscape(found, currency, f"{file}-landscape")
    # A list of nothing is a sentence, which needs no half of the page.
    left, right = st.columns(2) if found.new and found.fading else (st.container(), st.container())
    with left.container(border=True, height="stretch"):
        filters.heading("New products")
        words.new_products(found, currency)
    with right.container(border=True, height="stretch"):
        filters.heading("Fading products")
        words.fading_products(found, currency)
    with st.container(border=True):
        standings = ("All", *(kind.value for kind in words.MEANINGS))
        kind = filters.beside("Behind the figures", standings, key="standing")
        words.table([one for one in found.products if kind in ("All", one.standing.value)], currency)
    picked = st.query_params.get(words.PRODUCT)
    name = view.read(product_name, picked, derived=DERIVED) if picked else None
    if picked and name is None:
        filters.not_here("product", [picked])
    if picked and name is not None:
        with st.container(border=True, key="product"):
            if words.picked_heading(name):
                tables.forget(words.PRODUCT)
                st.rerun()
            together = view.read(basket, BasketQuery(given=(picked,)), derived=BASKET)
            rules = () if together is None else tuple(rule for rule in together.rules if rule.given.id == picked)
            if rules:
                basket_words.pairs(rules, "", of_one=True)
            else:
                st.caption("Nothing is bought with it surely more often than by chance.")
    with st.expander("Notes: what is left out, which method"):
        st.markdown("\n".join(f"- {note}" for note in notes))
