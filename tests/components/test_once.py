"""What is drawn from the same figures is put together once."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from components.once import once

    figures = st.session_state["figures"]
    made: list[str] = st.session_state.setdefault("made", [])

    def make(name: str) -> str:
        made.append(name)
        return f"{name} of {figures[0]}"

    st.text(once(figures, "bars", lambda: make("bars")))
    st.text(once(figures, ("line", "units"), lambda: make("line")))
    st.text(once(made, "grid", lambda: make("grid"), place="form"))


def test_it_is_made_again_for_other_figures_only() -> None:
    """Two parts of the figures and one of the form; figures of the same values are other figures, the form stays."""
    app = AppTest.from_function(_page)
    app.session_state["figures"] = ["May"]
    app.run()
    app.run()
    assert not app.exception
    assert app.session_state["made"] == ["bars", "line", "grid"]
    app.session_state["figures"] = ["June"]
    app.run()
    assert [one.value for one in app.text] == ["bars of June", "line of June", "grid of May"]
    assert app.session_state["made"] == ["bars", "line", "grid", "bars", "line"]
