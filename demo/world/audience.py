"""Lists, segments with their members over time, and forms with what visitors did with them each hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.clock import DAY, HOUR, HOURS, Zone
from demo.world.identity import short_ids, text
from demo.world.people import People
from demo.world.profile import AccountPlan

Ints = npt.NDArray[np.int64]
NEVER = np.int64(1) << np.int64(40)

FORM_STATISTICS = (
    "viewed_form",
    "viewed_form_uniques",
    "viewed_form_step",
    "viewed_form_step_uniques",
    "submitted_form_step",
    "submitted_form_step_uniques",
    "submits",
    "qualified_form",
    "qualified_form_uniques",
    "closed_form",
    "closed_form_uniques",
)


@dataclass(frozen=True)
class Group:
    """A list or a segment: members with the second they joined and left (NEVER: still in), sorted by joining."""

    id: str
    name: str
    created: int
    updated: int
    kind: str
    members: Ints
    joined: Ints
    left: Ints
    starred: bool = False
    active: bool = True


@dataclass(frozen=True)
class FormVersion:
    number: int
    form: int
    id: str
    name: str
    kind: str
    status: str
    created: int
    updated: int


@dataclass(frozen=True)
class Form:
    number: int
    id: str
    name: str
    status: str
    ab_test: bool
    created: int
    updated: int
    versions: tuple[int, ...]


@dataclass(frozen=True)
class Audience:
    """`form_hours` has one row a version and hour with activity: version, hour (UTC, seconds), FORM_STATISTICS."""

    lists: list[Group]
    segments: list[Group]
    forms: list[Form]
    versions: list[FormVersion]
    form_version: Ints
    form_hour: Ints
    form_counts: Ints


def _group(
    key: str, name: str, kind: str, created: int, members: Ints, joined: Ints, left: Ints, **more: bool
) -> Group:
    by = np.lexsort((members, joined))
    updated = int(np.max(joined)) if len(joined) else created
    return Group(key, name, created, updated, kind, members[by], joined[by], left[by], **more)


def build_audience(
    plan: AccountPlan, rng: np.random.Generator, people: People, zone: Zone, events: int, start: int, end: int
) -> Audience:
    key = 9000 + plan.number * 50
    ids = text(short_ids(np.arange(60), key))
    gone = people.deleted

    def joined(flag: npt.NDArray[np.bool_], lag: int) -> tuple[Ints, Ints]:
        who = np.flatnonzero(flag & ~gone)
        return who, people.created[who] + rng.integers(0, lag, len(who))

    lists = []
    for place, (name, flag, process) in enumerate(
        (
            ("Newsletter", people.email_consent, "double_opt_in"),
            ("Text club", people.sms_consent, "single_opt_in"),
            ("App users", people.push_consent, "single_opt_in"),
            ("Competition 2025", people.email_consent & (rng.random(people.size) < 0.08), "single_opt_in"),
        )
    ):
        who, when = joined(flag, 600)
        lists.append(_group(ids[place], name, process, start - 300 * DAY, who, when, np.full(len(who), NEVER)))

    segments = []
    plans = (
        ("Engaged 30 days", people.email_consent, 0.3, 0.8, True),
        ("Engaged 90 days", people.email_consent, 0.5, 0.6, True),
        ("Repeat buyers", people.buyer, 0.45, 0.02, True),
        ("VIP customers", people.buyer, 0.08, 0.12, True),
        ("At risk", people.buyer, 0.35, 0.55, False),
        ("Never bought", ~people.buyer, 0.9, 0.15, False),
        ("Discount lovers", people.buyer, 0.2, 0.1, False),
    )
    for place, (name, flag, share, leaving, starred) in enumerate(plans):
        who, when = joined(flag & (rng.random(people.size) < share), 60 * DAY)
        stay = (when + rng.gamma(2, 40 * DAY, len(who))).astype(np.int64)
        left = np.where(rng.random(len(who)) < leaving, stay, NEVER)
        segments.append(
            _group(
                ids[20 + place], name, "segment", start - 200 * DAY, who, when, left, starred=starred, active=place != 6
            )
        )
    return Audience(lists, segments, *_forms(rng, zone, ids[40:], max(events, 1000), start, end))


def _forms(
    rng: np.random.Generator, zone: Zone, ids: list[str], events: int, start: int, end: int
) -> tuple[list[Form], list[FormVersion], Ints, Ints, Ints]:
    plans = (
        ("Welcome pop-up", "popup", "live", 2, 1.0),
        ("Footer sign-up", "embed", "live", 1, 0.35),
        ("Exit offer", "flyout", "live", 2, 0.5),
        ("Text club banner", "banner", "live", 1, 0.2),
        ("Spring campaign", "full_page", "draft", 1, 0.0),
    )
    forms: list[Form] = []
    versions: list[FormVersion] = []
    counts, which, when = [], [], []
    hours = np.arange((end - start) // HOUR, dtype=np.int64) * HOUR + start
    pattern = HOURS[(zone.local(hours) % DAY) // HOUR]
    base = events / len(hours) * 0.8
    for number, (name, kind, status, parts, weight) in enumerate(plans):
        created = start - (60 - number * 9) * DAY
        mine = []
        for part in range(parts):
            version = FormVersion(
                len(versions),
                number,
                str(6_400_000 + 17 * len(versions) + int(start % 97)),
                f"{name} {'AB'[part]}",
                kind,
                status,
                created,
                created + 40 * DAY,
            )
            versions.append(version)
            mine.append(version.number)
            if weight:
                views = rng.poisson(base * weight / parts * pattern)
                uniques = rng.binomial(views, 0.86)
                steps = views + rng.binomial(views, 0.2)
                step_uniques = np.minimum(uniques, rng.binomial(steps, 0.8))
                submitted_uniques = rng.binomial(uniques, 0.05 + 0.02 * part)
                submitted = submitted_uniques + rng.binomial(submitted_uniques, 0.1)
                qualified = views + rng.binomial(views, 0.3)
                closed = rng.binomial(views, 0.6)
                row = np.stack(
                    [
                        views,
                        uniques,
                        steps,
                        step_uniques,
                        submitted,
                        submitted_uniques,
                        rng.binomial(submitted, 0.93),
                        qualified,
                        rng.binomial(qualified, 0.9),
                        closed,
                        rng.binomial(closed, 0.9),
                    ],
                    axis=1,
                )
                active = np.flatnonzero(row.sum(axis=1) > 0)
                counts.append(row[active])
                which.append(np.full(len(active), version.number, dtype=np.int64))
                when.append(hours[active])
        forms.append(Form(number, ids[number], name, status, parts > 1, created, created + 50 * DAY, tuple(mine)))
    return forms, versions, np.concatenate(which), np.concatenate(when), np.concatenate(counts).astype(np.int64)
