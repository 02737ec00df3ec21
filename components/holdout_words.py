"""What a campaign added, in sentences: what can be concluded, what cannot and why, and beside what attribution says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analytics.holdouts import LEAKED, Attributed, Contact, Holdout, Measured, Source, Unmeasurable
from analytics.incrementality import LEAST_BUYERS, LEAST_PEOPLE, Doubt, Kind
from components import wording
from components.plain import plain

NO_HOLDOUT: Final = (
    "Nobody is named as left out of this campaign, so what it added cannot be told. Attribution counts orders that"
    " followed a message, also those that would have come anyway."
)
TWO_QUESTIONS: Final = (
    "They answer different questions and never add up: attribution says which orders followed the campaign, those left"
    " out say how much more was bought because of it."
)
_LACKING: Final = {
    Unmeasurable.NOT_SENT: "The campaign has not been sent yet: once it is, those whom it reached are compared with"
    " those left out.",
    Unmeasurable.TOO_EARLY: "The campaign was sent, and no whole day of orders since is known yet.",
    Unmeasurable.NOBODY_REACHED: "No event tells who received this campaign, so there is nobody to compare those left"
    " out with. Events reach back only as far as they were synced and are kept.",
    Unmeasurable.NOBODY_LEFT_OUT: "Everybody who was to be left out got the campaign all the same: nobody is left to"
    " compare with.",
}
_MOST_NAMED: Final = 3


def verdict(found: Measured, currency: str) -> str:
    """What can be concluded, in Markdown."""
    if found.lacking is not None:
        return _LACKING[found.lacking]
    told = found.revenue
    span = None if told is None else told.revenue
    if told is None or span is None:
        return f"**Nothing can be concluded.** {_why_nothing(found)}"
    low, middle, high = span
    between = f"between {wording.money_whole(low, currency)} and {wording.money_whole(high, currency)} (95 %)"
    if told.sure:
        more = "added" if middle > 0 else "cost"
        return f"The campaign **{more} {wording.money_whole(abs(middle), currency)}** of net revenue, {between}."
    return (
        f"**Whether it added anything is open**: {wording.money_whole(middle, currency)} of net revenue, {between},"
        " which leaves room for nothing at all."
    )


def _why_nothing(found: Measured) -> str:
    assert found.revenue is not None
    sides = found.revenue.reached, found.revenue.left_out
    if Doubt.FEW_PEOPLE in found.revenue.doubts:
        few = min(side.people for side in sides)
        return f"One side has {_many(few, 'person', 'people')}; from {LEAST_PEOPLE} on each side it is told."
    if Doubt.FEW_BUYERS in found.revenue.doubts:
        few = min(side.buyers for side in sides)
        return (
            f"One side has {_many(few, 'buyer', 'buyers')}, so that one order more or less would be the answer; from"
            f" {LEAST_BUYERS} on each side it is told."
        )
    return (
        "Groups by a rule are compared with themselves before, and the store's orders do not reach back so far"
        f" ({_since(found.holdout)})."
    )


def _since(holdout: Holdout) -> str:
    first = (
        "no order is known" if holdout.history_from is None else f"the first is of {wording.day(holdout.history_from)}"
    )
    before = "" if holdout.before is None else f", days from {wording.day(holdout.before)} on are needed"
    return f"{first}{before}"


def warnings(found: Measured, currency: str) -> list[str]:
    """Why what is told is less sure than it looks, the heaviest first."""
    told = found.revenue
    if found.lacking is not None or told is None:
        return []
    said = []
    holdout = found.holdout
    if Doubt.DAYS_OPEN in told.doubts and found.until is not None and holdout.last is not None:
        said.append(
            f"Not over yet: orders up to {wording.day(found.until)} are in, those up to {wording.day(holdout.last)}"
            " count. Later orders may change all of it."
        )
    if Doubt.UNLIKE_BEFORE in told.doubts:
        said.append(
            f"The two sides were not alike before: {wording.money(told.reached.before, currency)} against"
            f" {wording.money(told.left_out.before, currency)} a person in the {holdout.days} days before. By chance"
            " that happens less than once in a thousand times: were they really left out by chance?"
        )
    if Doubt.LEAKED in told.doubts:
        said.append(
            f"{wording.count(told.leaked)} of {wording.count(told.leaked + told.left_out.people)} who were to be left"
            " out got it all the same. They count on neither side, and those who remain may be others than chance"
            " would have picked."
        )
    if found.apart:
        said.append(
            f"Only one side got other campaigns in these days: {_contacts(found)}. What those brought is in the"
            " difference."
        )
    unpriced = sum(arm.unpriced for arm in found.arms.values())
    if unpriced:
        said.append(
            f"{_many(unpriced, 'order', 'orders')} in a currency without a rate count as orders, in no revenue."
        )
    return said


def _contacts(found: Measured) -> str:
    assert found.revenue is not None
    reached, left_out = found.revenue.reached.people, found.revenue.left_out.people

    def told(each: Contact) -> str:
        shares = each.reached / reached * 100, each.left_out / left_out * 100
        return (
            f"{plain(each.name)} ({wording.rate(shares[0])} of those reached, {wording.rate(shares[1])} of the others)"
        )

    more = len(found.apart) - _MOST_NAMED
    return "; ".join(map(told, found.apart[:_MOST_NAMED])) + (f"; and {more} more" if more > 0 else "")


def attribution(attributed: Attributed, holdout: Holdout, currency: str) -> str:
    """What attribution says of the same days, by both definitions, and why that is another question."""
    klaviyo = (
        "" if attributed.klaviyo is None
        else f" Klaviyo's report credits it with {wording.money_whole(attributed.klaviyo, currency)}, by the day of"
        " sending."
    )  # fmt: skip
    return (
        f"**Attribution** credits the campaign with {_many(attributed.orders, 'order', 'orders')} of the same"
        f" {holdout.days} days, {wording.money_whole(attributed.net, currency)} net"
        f" ({wording.money_whole(attributed.gross, currency)} gross).{klaviyo} {TWO_QUESTIONS}"
    )


def source(holdout: Holdout, leaked: int) -> str:
    """Who was named, from what, by whom, and which days count."""
    where = (
        f"the file {plain(holdout.source_name)}" if holdout.source is Source.FILE
        else f"the segment {plain(holdout.source_name)}"
        + ("" if holdout.snapshot is None else f" as of {wording.day(holdout.snapshot)}")
    )  # fmt: skip
    title = "" if holdout.name == holdout.source_name else f"{plain(holdout.name)}: "
    pieces = [f"{title}{_many(holdout.listed, 'entry', 'entries')} of {where}, named by {plain(holdout.by)}"]
    if holdout.unknown:
        pieces.append(f"{_many(holdout.unknown, 'names', 'name')} nobody here")
    if holdout.repeated:
        pieces.append(f"{_many(holdout.repeated, 'names', 'name')} somebody once more")
    if leaked:
        pieces.append(f"{wording.count(leaked)} got the campaign all the same")
    return " · ".join(pieces) + "."


def method(holdout: Holdout) -> str:
    """How the two sides are compared."""
    if holdout.sent_on is None or holdout.last is None:
        days = f"{holdout.days} days from the day of sending on"
    else:
        days = f"{wording.day(holdout.sent_on)} to {wording.day(holdout.last)}"
    how = (
        "left out by chance: what each side bought in as many days before is taken into account (Lin 2013)"
        if holdout.kind is Kind.CHANCE
        else "left out by a rule: each side is compared with itself in as many days before (difference in differences),"
        " which holds where both would have gone on alike"
    )
    return (
        f"Orders of {days} count, net of all that ever came back of them; people were {how}. Added = difference a"
        " person × people reached."
    )


def said_of(people: int, unknown: Sequence[int], repeated: Sequence[int], received: int, listed: int) -> str:
    """What came of naming them."""
    parts = [f"{_many(people, 'person is', 'people are')} left out, of {_many(listed, 'entry', 'entries')}."]
    for rows, verb, what in (
        (unknown, ("names", "name"), "nobody of this store"),
        (repeated, ("names", "name"), "somebody once more"),
    ):
        if rows:
            told = ", ".join(map(str, rows[:10])) + (", …" if len(rows) > 10 else "")
            parts.append(f"{_many(len(rows), *verb)} {what}: row {told}.")
    if received:
        parts.append(f"{wording.count(received)} got the campaign all the same: they count on neither side.")
    return " ".join(parts)


def leaked_of(found: Measured) -> int:
    """People who were to be left out and got it all the same."""
    arm = found.arms.get(LEAKED)
    return 0 if arm is None else arm.people


def _many(number: int, one: str, more: str) -> str:
    return f"{wording.count(number)} {one if number == 1 else more}"
