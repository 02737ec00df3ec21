"""What stands behind a row of a table: the product that the address names."""

from __future__ import annotations

import streamlit as st

from analytics.revenue import RevenueFigures
from components import export_words, product_detail, revenue_tables, tables
from components import revenue_words as words
from data_access.queries.product_sales import ProductQuery, product_orders, product_sales
from data_access.queries.revenue import RevenueQuery
from pages.frame.exports import menu
from pages.frame.view import View


def product(view: View, asked: RevenueQuery, figures: RevenueFigures, caption: str) -> None:
    """The picked product's days and orders; nothing where none was picked."""
    picked = st.query_params.get(revenue_tables.PRODUCT)
    if not picked:
        return
    question = ProductQuery(asked, picked)
    with st.container(border=True, key="product"):
        found = view.read(product_sales, question)
        if product_detail.heading(found):
            tables.forget(revenue_tables.PRODUCT)
            st.rerun()
        product_detail.draw(found, figures, view.shown, words.against_words(view.chosen.against))
        if not found.orders:
            return
        about = export_words.revenue_about(figures, view.shown, f"{found.name}: {caption}", [])
        store, scope, account = view.stores, view.scope, view.account.public_id
        menu(
            view,
            found.name,
            {
                "Orders with it": lambda: revenue_tables.order_rows(
                    product_orders(store, scope, account, question), view.shown
                )
            },
            about,
            file=f"promolens-{account}-product-{asked.period.start}-{asked.period.end}",
            key="export_product",
        )
