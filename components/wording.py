"""Numbers, money, rates and dates as people write them. `–` stands for not available."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TypeAlias

from analytics.periods import Comparison, Grain, Period

NOT_AVAILABLE = "–"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "BRL": "R$",
    "AUD": "A$", "CAD": "C$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$", "MXN": "MX$",
}  # fmt: skip
WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "VND", "ISK"})
EXACT_BELOW = 10_000
EXACT_COUNT_BELOW = 100_000
SCALES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(1000), "k"))

Number: TypeAlias = int | float | Decimal


def symbol(currency: str) -> str:
    """The currency's sign before an amount; its code and a narrow space where it has none."""
    return SYMBOLS.get(currency, f"{currency}\N{NARROW NO-BREAK SPACE}" if currency else "")


def money(value: Number | None, currency: str) -> str:
    """Exact amount: €1,234.50, ¥1,234."""
    if value is None:
        return NOT_AVAILABLE
    decimals = 0 if currency in WITHOUT_CENTS else 2
    return _signed(value, f"{symbol(currency)}{abs(_rounded(value, decimals)):,.{decimals}f}", decimals)


def price(value: Number | None, currency: str) -> str:
    """What a piece costs: as `money`; below a cent, or below 1 where there are none, with four digits: €0.0031."""
    least = 1.0 if currency in WITHOUT_CENTS else 0.01
    if value is None or not 0 < abs(float(value)) < least:
        return money(value, currency)
    return _signed(value, f"{symbol(currency)}{abs(_rounded(value, 4)):,.4f}", 4)


def money_whole(value: Number | None, currency: str) -> str:
    """Amount to the nearest whole unit: €350,000."""
    return NOT_AVAILABLE if value is None else _signed(value, f"{symbol(currency)}{abs(_rounded(value, 0)):,.0f}", 0)


def money_short(value: Number | None, currency: str) -> str:
    """Amount for a card or a label: €1.44M, €318k, €8,712; whole below ten thousand, with cents below a hundred."""
    if value is None:
        return NOT_AVAILABLE
    if 0 < abs(float(value)) < 100:
        return money(value, currency)
    size = abs(_rounded(value, 0))
    return _signed(value, symbol(currency) + (f"{size:,.0f}" if size < EXACT_BELOW else _scaled(size)), 0)


def count(value: Number | None) -> str:
    """Whole number with separators: 12,345."""
    return NOT_AVAILABLE if value is None else _signed(value, f"{abs(_rounded(value, 0)):,.0f}", 0)


def count_short(value: Number | None) -> str:
    """Whole number below a hundred thousand, in k and M with three digits from there on."""
    if value is None:
        return NOT_AVAILABLE
    size = abs(_rounded(value, 0))
    return count(value) if size < EXACT_COUNT_BELOW else _signed(value, _scaled(size), 0)


def rate(value: Number | None) -> str:
    """Percentage (20.0 for 20 %) with one decimal."""
    return NOT_AVAILABLE if value is None else _signed(value, f"{abs(_rounded(value, 1)):,.1f} %", 1)


def change(value: Number | None) -> str:
    """Relative change in per cent with its sign; `n/a` where what it is compared with is 0 or missing."""
    if value is None:
        return "n/a"
    rounded = _rounded(value, 1)
    return f"{'+' if rounded > 0 else ''}{rate(rounded)}"


def points(value: Number | None) -> str:
    """Difference of two rates in percentage points with its sign."""
    if value is None:
        return "n/a"
    rounded = _rounded(value, 1)
    return f"{'+' if rounded > 0 else ''}{_signed(rounded, f'{abs(rounded):,.1f} pp', 1)}"


def day(value: date) -> str:
    """20 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def day_short(value: date) -> str:
    """Mon 16 Nov."""
    return f"{value:%a} {value.day} {value:%b}"


def days(period: Period) -> str:
    """24 Oct – 20 Nov 2026; the parts that both ends share are said once."""
    start, end = period.start, period.end
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    return f"{start.day} {start:%b} – {day(end)}" if start.year == end.year else f"{day(start)} – {day(end)}"


def bucket(start: date, grain: Grain, period: Period) -> str:
    """One point of a series, in words: Mon 16 Nov 2026, 16–22 Nov 2026, Nov 2026 (only the days of the period)."""
    if grain is Grain.DAY:
        return f"{day_short(start)} {start.year}"
    if grain is Grain.MONTH:
        return f"{start:%b %Y}"
    return days(Period(max(start, period.start), min(start + timedelta(days=6), period.end)))


def versus(other: Comparison | None) -> str:
    """What a period is compared with, as the end of a sentence: 'against 24 Sep – 21 Oct 2026'."""
    return "" if other is None else f"against {days(other.period)}"


def moment(value: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """A moment in a zone: 'today 14:05' while it is that day there at `now`, else '20 Nov 2026 14:05'."""
    local = value.astimezone(zone)
    if now is not None and now.astimezone(zone).date() == local.date():
        return f"today {local:%H:%M}"
    return f"{day(local.date())} {local:%H:%M}"


def ago(since: timedelta) -> str:
    """How long ago: 'just now', '5 min ago', '3 h ago', '2 days ago'."""
    minutes = int(since.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // 1440} days ago"


def passed(span: timedelta) -> str:
    """A length of time, to the nearest second: '12 s', '3 min 5 s', '2 h 10 min'."""
    seconds = max(round(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def _rounded(value: Number, decimals: int) -> Decimal:
    return round(value if isinstance(value, Decimal) else Decimal(str(value)), decimals)


def _signed(value: Number, text: str, decimals: int) -> str:
    return f"{MINUS}{text}" if _rounded(value, decimals) < 0 else text


def _scaled(size: Decimal) -> str:
    """A positive number in k, M or bn with three digits."""
    for scale, unit in SCALES:
        part = size / scale
        # 999,500 would round up to 1,000k
        if part >= Decimal("0.9995"):
            text = f"{part:.{2 if part < Decimal('9.995') else 1 if part < Decimal('99.95') else 0}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{unit}"
    return f"{size:.0f}"
