"""Whatever people wrote is shown letter by letter, on pages and on charts."""

from __future__ import annotations

import pytest

from components.attention import Notice
from components.overview_exports import notice_rows
from components.plain import charted, in_line, plain, unmarked, with_code, written

# What the browser shows in place of a letter that nobody sees: a joiner that parts what would be replaced.
_JOINER = "\u2060"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Spring sale 2026, 1.5 % off (B&B)", "Spring sale 2026, 1.5 % off (B&B)"),
        ("TV_*new* [x] $5 ~1", r"TV\_\*new\* \[x\] \$5 \~1"),
        ("[gift](javascript:alert(1))", r"\[gift\](javascript\:alert(1))"),
        ("![](//other.example/p.png)", r"!\[\](//other.example/p.png)"),
        ("<b>x</b>", r"\<b\>x\</b\>"),
        ("&lt;b&gt; &#60;", r"\&lt;b\&gt; \&\#60;"),
        (":red[x]", r"\:red\[x\]"),
        (":material/home:", r"\:material\/home:"),
        (":smile: at 12:30", rf":{_JOINER}smile: at 12:30"),
        (":streamlit:", rf":{_JOINER}streamlit:"),
        ("see https://other.example", f"see http{_JOINER}s://other.example"),
        ("WWW.other.example", f"WWW{_JOINER}.other.example"),
        ("a -> b -- c", rf"a -{_JOINER}\> b -{_JOINER}- c"),
        ("# Head", r"\# Head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("    code", "code"),
        ("a\r\n\n| b |\n|---|", r"a \| b \| \|---\|"),
        ("a\u2028b\u0085c\x0bd", "a b c d"),
        ("a \t\n  b  c\td", "a b  c\td"),
        ("sale \u202egnp.exe", "sale gnp.exe"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_text_within_a_sentence_is_no_markup(text: str, shown: str) -> None:
    assert plain(text) == shown
    assert unmarked(plain(text)) == in_line(text)


def test_a_file_of_markdown_keeps_addresses_that_can_be_copied() -> None:
    assert written("Terms: https://shop.example/t [x](y)") == r"Terms: https://shop.example/t \[x\](y)"


def test_commands_in_a_message_can_be_taken_over() -> None:
    assert (
        with_code("Run `promolens restore --replace *` for *it*.") == r"Run `promolens restore --replace *` for \*it\*."
    )


def test_a_name_on_a_chart_is_no_html() -> None:
    assert charted('<a href="https://other.example">A & B</a>\n&lt;') == (
        '&lt;a href="https://other.example"&gt;A &amp; B&lt;/a&gt; &amp;lt;'
    )


def test_a_sentence_for_a_file_has_no_marks() -> None:
    assert unmarked(f"**{plain('5*_[x]')}** rose *much*: `now`") == "5*_[x] rose much: now"


def test_what_needs_a_person_is_told_in_a_file_with_the_name_as_it_is() -> None:
    name = r"A\B *new* :gift: https://shop.example"
    [row] = notice_rows([Notice(f"**Segment {plain(name)}** shrank.", "page.py", "Open segments")])
    assert row["what"] == f"Segment {name} shrank."
