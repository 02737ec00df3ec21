"""The monthly report in words and formatted figures: what the pages say, put together for one month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from analytics.account import Account
from analytics.deliverability import Standing, State, standings
from analytics.engagement import Counts, EngagementFigures, Flow, Part, total
from analytics.periods import Against, change_pct
from analytics.report_month import ReportMonth
from analytics.revenue import Amounts, Product, RevenueFigures, by_source
from analytics.rfm_figures import NOBODY, RfmFigures
from components import engagement_words, revenue_words, rfm_words, wording
from components.cards import Card
from components.engagement_cards import engagement_cards
from components.export_words import freshness_kept
from components.plain import unmarked
from components.revenue_cards import revenue_cards
from components.revenue_comparison import comparable
from components.revenue_series import Shown
from components.rfm_words import share
from reports.report_parts import Beside, Bullets, Cell, DayLine, Figure, Figures, Grid, Report, Section

LISTED: Final = 6
MOVED: Final = 5
EVERYTHING: Final = Part()
FILES: Final = (
    "Files of orders tell nothing of messages either: what they did, and whether e-mail is let in, are left out."
)
STATES: Final = {State.GOOD: True, State.UNKNOWN: None}


def month_name(month: ReportMonth) -> str:
    """October 2026; with what it leaves out where it is not over."""
    return f"{month.period.start:%B %Y}" + ("" if month.over else ", month to date")


def shown_of(account: Account, month: ReportMonth, as_of: datetime | None, now: datetime) -> Shown:
    """What the parts of the report are told: the month against the one before."""
    return Shown(account, month.period, month.before if as_of is not None else None, as_of, now)


def nothing_to_report(
    account: Account, figures: RevenueFigures, messages: EngagementFigures, month: ReportMonth
) -> str:
    """Why there is no report; '' where there is one."""
    if figures.first_day is None and not messages.known:
        return "This store has no orders and no messages here yet: sync it, or load a file of orders, first."
    if figures.empty and messages.this.of(EVERYTHING).recipients is None:
        since = f" Orders are known since {wording.day(figures.first_day)}." if figures.first_day else ""
        sent = "" if account.files is not None else " and nothing was sent"
        return f"Nothing was sold{sent} in {month.period.start:%B %Y}.{since}"
    return ""


def nothing(account: Account, month: ReportMonth, why: str, now: datetime) -> Report:
    """A report that says why it says nothing."""
    made = f"made {wording.moment(now, account.zone)}"
    return Report(month_name(month), account.name, why, made, [])


def monthly_report(
    account: Account, month: ReportMonth, as_of: datetime | None, now: datetime, revenue: RevenueFigures,
    last_year: RevenueFigures, products: Sequence[Product], messages: EngagementFigures, flows: Sequence[Flow],
    last_whole: date, customers: RfmFigures | None,
) -> Report:  # fmt: skip
    """The whole report. revenue: against the month before; last_year: against the same month of last year."""
    shown = shown_of(account, month, as_of, now)
    a_year_ago = Shown(account, month.period, month.last_year if as_of is not None else None, as_of, now)
    sections = [
        _standing(revenue, last_year, shown, a_year_ago, over=month.over),
        *([] if account.files is not None else _of_messages(revenue, messages, flows, shown, last_whole)),
        *([_customers(customers, account)] if customers is not None else []),
        _products(products, revenue, shown),
        _notes(revenue, messages, customers, shown),
    ]
    return Report(
        title=month_name(month),
        account=account.name,
        caption=_caption(shown, month, last_year, a_year_ago),
        made=f"made {wording.moment(now, account.zone)}",
        sections=sections,
    )


def _of_messages(
    revenue: RevenueFigures, messages: EngagementFigures, flows: Sequence[Flow], shown: Shown, last_whole: date
) -> list[Section]:
    mail = standings(messages.this.of(Part("", "email")), messages.recent, last_whole)
    return [_winners(revenue, shown), _messages(messages, flows, shown), _deliverability(mail)]


def _caption(shown: Shown, month: ReportMonth, last_year: RevenueFigures, a_year_ago: Shown) -> str:
    account = shown.account
    compared = wording.days(month.before.period)
    if comparable(last_year, a_year_ago).counts is not None:
        compared += f" and {wording.days(month.last_year.period)}"
    return " · ".join(
        [
            f"Store orders of {account.name}, {wording.days(shown.period)} against {compared}"
            + (", up to the same hour" if shown.running else ""),
            f"{account.timezone} time",
            f"{account.currency}, {account.value_wording}",
            freshness_kept(shown),
        ]
    )


def _standing(
    revenue: RevenueFigures, last_year: RevenueFigures, shown: Shown, a_year_ago: Shown, *, over: bool
) -> Section:
    before = _short_month(shown)
    year = _short_month(a_year_ago)
    figures = [
        _figure(card, other, before, year)
        for card, other in zip(revenue_cards(revenue, shown), revenue_cards(last_year, a_year_ago), strict=True)
    ]
    said = [revenue_words.what_moved(revenue, shown), revenue_words.discounts(revenue, shown, Against.PREVIOUS)]
    return Section(
        "Where the month stood" if over else "Where the month stands",
        unmarked(" ".join(filter(None, said))),
        [Figures(figures), _by_day(revenue, shown)],
    )  # fmt: skip


def _figure(card: Card, other: Card | None, before: str, year: str) -> Figure:
    changes = [(before, _change(card.change, card.good))] if card.change else []
    if other is not None and other.change:
        changes.append((year, _change(other.change, other.good)))
    return Figure(card.label, card.value, changes, unmarked(" · ".join(card.beneath)))


def _change(text: str, good: str) -> Cell:
    if good == "neither" or text[:1] not in ("+", wording.MINUS):
        return Cell(text)
    return Cell(text, (text[0] == "+") == (good == "up"))


def _by_day(revenue: RevenueFigures, shown: Shown) -> DayLine:
    currency, sums = shown.account.currency, comparable(revenue, shown).sums
    days = list(shown.period)
    reached = shown.as_of.astimezone(shown.account.zone).date() if shown.as_of is not None else days[-1]
    values = [
        float(revenue.this.days.get(day, Amounts()).gross) if day <= reached else None for day in days
    ]  # fmt: skip
    compared: list[float | None] = []
    if sums is not None and shown.comparison is not None:
        compared = [
            None if bucket is None else float(sum(sums.days.get(day, Amounts()).gross for day in bucket))
            for bucket in shown.drawn_buckets
        ]
    step = _step(max([value or 0.0 for value in [*values, *compared]], default=0.0))
    highest = max((value or 0.0 for value in [*values, *compared]), default=0.0)
    ticks = [(step * n, wording.money_short(step * n, currency)) for n in range(math.ceil(highest / step) + 1)]
    marked = [(place, f"{day.day} {day:%b}") for place, day in enumerate(days) if day.day in (1, 8, 15, 22, 29)]
    return DayLine(
        "Gross revenue by day", values, compared, ticks, marked,
        (wording.days(shown.period), wording.days(shown.comparison.period) if compared and shown.comparison else ""),
    )  # fmt: skip


def _step(highest: float) -> float:
    """A round distance between lines of a grid, so that there are three to five."""
    if highest <= 0:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(highest / 4))
    return next(part * scale for part in (1, 2, 2.5, 5, 10) if highest / (part * scale) <= 5)


def _winners(revenue: RevenueFigures, shown: Shown) -> Section:
    currency, gross = shown.account.currency, revenue.this.total.gross
    sums = comparable(revenue, shown).sums
    was = by_source(sums.sources) if sums is not None else {}
    now = by_source(revenue.this.sources)
    rows: list[list[Cell | str]] = []
    for key, amounts in sorted(now.items(), key=lambda item: (item[0][0] == "none", -item[1].gross, item[0])):
        rows.append(
            [
                _source_name(key),
                wording.money(amounts.gross, currency),
                Cell(wording.rate(share(float(amounts.gross), float(gross))), share=_part(amounts.gross, gross)),
                wording.count(amounts.orders),
                wording.money(amounts.aov, currency),
                _relative(amounts.gross, was[key].gross if key in was else None) if sums is not None else "–",
            ]
        )
    every = revenue.this.total
    rows.append(
        [
            "All orders", wording.money(every.gross, currency), wording.rate(100 if gross else None),
            wording.count(every.orders), wording.money(every.aov, currency),
            _relative(every.gross, sums.total.gross) if sums is not None else "–",
        ]
    )  # fmt: skip
    leading = [source for source in revenue.this.sources if source.kind != "none"]
    best = sorted(leading, key=lambda source: (-source.amounts.gross, source.id))[:LISTED]
    return Section(
        "What won the orders",
        f"Campaigns and flows won {wording.money_short(revenue.this.attributed, currency)}, "
        f"{wording.rate(revenue.this.attributed_share)} of gross revenue, by each order's own last message.",
        [
            Grid(
                "By source", ["Source", "Gross revenue", "Share", "Orders", "Order value", _short_month(shown)], rows,
                [34, 26, 20, 16, 22, 22], last_is_total=True,
            ),
            Grid(
                "Campaigns and flows that won most", ["Name", "Kind", "Gross revenue", "Share", "Orders"],
                [
                    [
                        source.name, f"{source.kind.capitalize()}, {revenue_words.CHANNELS.get(source.channel, '–')}",
                        wording.money(source.amounts.gross, currency),
                        wording.rate(share(float(source.amounts.gross), float(gross))),
                        wording.count(source.amounts.orders),
                    ]
                    for source in best
                ],
                [62, 28, 24, 14, 14], texts=2, empty="No message won an order in these days.",
            ),
        ],
    )  # fmt: skip


def _source_name(key: tuple[str, str]) -> str:
    kind, channel = key
    named = revenue_words.KINDS.get(kind, kind.capitalize())
    return named if kind == "none" else f"{named} by {revenue_words.CHANNELS.get(channel, channel)}"


def _messages(messages: EngagementFigures, sent: Sequence[Flow], shown: Shown) -> Section:
    currency = shown.account.currency
    if messages.this.of(EVERYTHING).recipients is None:
        return Section("What messages did", "Nothing was sent in these days.")
    cards = engagement_cards(messages, EVERYTHING, shown)
    before = _short_month(shown)
    campaigns = sorted(messages.campaigns, key=lambda each: (-(each.counts.value or 0), each.id))[:LISTED]
    flows = sorted(
        ((flow, total(flow.this.values())) for flow in sent),
        key=lambda each: (-(each[1].value or 0), each[0].id),
    )[:LISTED]
    heads = ["Recipients", "Open rate", "Click rate", "Conversion", "Per recipient", "Revenue"]

    def cells(counts: Counts) -> list[Cell | str]:
        return [
            wording.count(counts.recipients), wording.rate(counts.open_rate), wording.rate(counts.click_rate),
            wording.rate(counts.conversion_rate), wording.money(counts.per_recipient, currency),
            wording.money(counts.value, currency),
        ]  # fmt: skip

    return Section(
        "What messages did",
        unmarked(engagement_words.what_moved(messages, EVERYTHING, shown)) + " Attributed by Klaviyo, by send date: "
        "another count than the orders' own above.",
        [
            Figures([_figure(card, None, before, "") for card in cards]),
            Grid(
                "By channel", ["Channel", *heads],
                [
                    [f"{name.capitalize()}s, {engagement_words.channel(channel)}", *cells(counts)]
                    for (name, channel), counts in sorted(messages.this.groups.items())
                ],
                [36, 20, 18, 18, 19, 22, 26],
            ),
            Grid(
                "Campaigns that brought most", ["Campaign", "Sent", *heads[:3], *heads[4:]],
                [
                    [each.name, f"{each.sent_on.day} {each.sent_on:%b}",
                     *(cell for place, cell in enumerate(cells(each.counts)) if place != 3)]
                    for each in campaigns
                ],
                [56, 14, 19, 17, 17, 21, 24], texts=2, empty="No campaign was sent in these days.",
            ),
            Grid(
                "Flows that brought most", ["Flow", *heads[:3], *heads[4:]],
                [
                    [flow.name, *(cell for place, cell in enumerate(cells(counts)) if place != 3)]
                    for flow, counts in flows if counts.recipients
                ],
                [64, 20, 18, 18, 22, 26], empty="No flow sent a message in these days.",
            ),
        ],
    )  # fmt: skip


def _deliverability(mail: Sequence[Standing]) -> Section:
    warnings = [unmarked(said) for said in map(engagement_words.warning, mail) if said]
    rows: list[list[Cell | str]] = []
    for found in mail:
        limit = found.limit
        said = "–" if limit.limit is None else engagement_words.fine(limit.limit)
        if limit.critical is not None:
            said += f", {engagement_words.fine(limit.critical)} at most"
        rows.append(
            [
                limit.name, engagement_words.fine(found.share), engagement_words.fine(found.recent), said,
                "no limit" if limit.limit is None else Cell(found.state.value, STATES.get(found.state, False)),
            ]
        )  # fmt: skip
    return Section(
        "Whether e-mail is let in",
        " ".join(warnings)
        or (
            "No e-mail was sent in these days: nothing can be said of its rates."
            if all(found.share is None for found in mail)
            else "No rate of e-mail is at its limit or heading for it."
        ),
        [
            Grid(
                "E-mail against the limits of mailbox providers",
                ["Rate", "These days", "Last 14 days of them", "Limit", "State"], rows, [30, 22, 34, 36, 34],
                beneath="Gmail does not report complaints to senders: the true rate is higher.",
            )
        ],
    )  # fmt: skip


def _customers(found: RfmFigures, account: Account) -> Section:
    joined: dict[str, int] = {}
    left: dict[str, int] = {}
    for (come, to), number in found.moves.items():
        if come != to:
            joined[to] = joined.get(to, 0) + number
            left[come] = left.get(come, 0) + number
    rows: list[list[Cell | str]] = [
        [
            group.name, wording.count(group.customers),
            Cell(wording.rate(share(group.customers, found.customers)), share=group.customers / found.customers),
            wording.money(Decimal(group.cents) / 100, account.currency), wording.rate(share(group.cents, found.cents)),
            wording.count(joined.get(group.name, 0)), wording.count(left.get(group.name, 0)),
        ]
        for group in found.groups
    ]  # fmt: skip
    new = sum(number for (come, _), number in found.moves.items() if come == NOBODY)
    return Section(
        f"Customers at the end of {wording.day(found.as_of)}",
        unmarked(rfm_words.what_it_comes_to(found, account.currency))
        + f" {wording.count(new)} ordered for the first time since {wording.day(found.before)}.",
        [
            Grid(
                "Segments by recency, frequency and money, all history",
                ["Segment", "Customers", "Share", "Net revenue", "Of revenue", "Joined", "Left"], rows,
                [36, 20, 24, 28, 20, 18, 18],
                beneath=f"Joined and left since {wording.day(found.before)}; joined holds those who ordered first.",
            )
        ],
    )  # fmt: skip


def _products(products: Sequence[Product], revenue: RevenueFigures, shown: Shown) -> Section:
    currency = shown.account.currency
    known = comparable(revenue, shown).sums is not None
    sold = sum((product.sales for product in products), Decimal(0))
    top = [
        [
            product.name, wording.money(product.sales, currency),
            Cell(wording.rate(share(float(product.sales), float(sold))), share=_part(product.sales, sold)),
            wording.count(product.units), wording.count(product.orders),
            _relative(product.sales, product.compared_sales) if known else "–",
        ]
        for product in products[:10]
    ]  # fmt: skip
    moved = [
        (product.sales - product.compared_sales, product) for product in products if product.compared_sales is not None
    ]
    rising = sorted((one for one in moved if one[0] > 0), key=lambda one: (-one[0], one[1].id))[:MOVED]
    falling = sorted((one for one in moved if one[0] < 0), key=lambda one: (one[0], one[1].id))[:MOVED]

    def grid(title: str, held: Sequence[tuple[Decimal, Product]], good: bool) -> Grid:
        rows: list[list[Cell | str]] = [
            [product.name, wording.money(product.sales, currency), Cell(_signed(by, currency), good)]
            for by, product in held
        ]
        return Grid(title, ["Product", "Sales", "Change"], rows, [46, 24, 24], empty="None.")

    parts: list[Grid | Beside] = [
        Grid(
            "Products that sold most", ["Product", "Sales", "Share", "Units", "Orders", _short_month(shown)], top,
            [62, 26, 20, 16, 16, 22], empty="No product was sold in these days.",
        )
    ]  # fmt: skip
    if known:
        parts.append(Beside(grid("Rose most", rising, True), grid("Fell most", falling, False)))
    first = products[0].name if products else ""
    lead = (
        f"{wording.count(len(products))} products sold for {wording.money_short(sold, currency)}; most of all {first}."
        if products
        else "No product was sold in these days."
    )
    return Section("What sold", lead, parts)


def _notes(revenue: RevenueFigures, messages: EngagementFigures, customers: RfmFigures | None, shown: Shown) -> Section:
    said = [*revenue_words.notes(revenue, shown)]
    if shown.account.files is not None:
        said.append(FILES)
    elif messages.this.of(EVERYTHING).recipients is not None:
        said += engagement_words.notes(messages, shown, EVERYTHING)
    if customers is None:
        said.append("Segments of customers are left out: they are not computed up to this month.")
    else:
        said.append("Segments are scored by quintile of all customers on that day; refunds that came later are in.")
    said.append("Order value: the average order value of the page Revenue, its AOV; cancelled orders are in it.")
    said.append("Products: line totals after discounts, cancelled orders out; those that fell sold something still.")
    return Section(
        "Notes: what is left out, what is not final, which method", "", [Bullets([unmarked(s) for s in said])]
    )


def _short_month(shown: Shown) -> str:
    other = shown.comparison
    if other is None:
        return "Change"
    start, end = other.period.start, other.period.end
    whole = start.month == end.month and start.day == 1 and shown.period.kind.value == "months"
    return f"vs {start:%b %Y}" if whole else f"vs {start.day}–{end.day} {end:%b %Y}"


def _relative(now: Decimal, before: Decimal | None) -> Cell:
    return _change(wording.change(change_pct(float(now), None if before is None else float(before))), "up")


def _signed(by: Decimal, currency: str) -> str:
    return f"{'+' if by > 0 else ''}{wording.money(by, currency)}"


def _part(part: Decimal, whole: Decimal) -> float:
    return max(float(part / whole), 0.0) if whole > 0 else 0.0
