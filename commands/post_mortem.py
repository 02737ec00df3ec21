"""`promolens post-mortem`: what a promotion that is over really brought."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.frame import AsJson, migrated, say, scope, told

if TYPE_CHECKING:
    from analytics.promo.learning import Change
    from analytics.promo.postmortem.kept import PostMortem


class PostMortemClosed(Exception):
    """The newest report is closed, and no further version was asked for."""


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("post-mortem")(post_mortem)


@told
def post_mortem(
    scenario: Annotated[str | None, typer.Option("--scenario", help="Id of an approved scenario.")] = None,
    promotion: Annotated[str | None, typer.Option("--promotion", help="Id of a promotion of the catalog.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Begin a further version after a closed one.")] = False,
    closed: Annotated[
        bool, typer.Option("--close", help="Close it: it stays as it is, and the model of uplift can learn from it.")
    ] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Close it, and propose what it teaches to the model of uplift.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a promotion that is over, and keep the report open. Example: promolens post-mortem --scenario ID"""
    from analytics.promo.postmortem.kept import Subject
    from components.post_mortem_findings import with_sentences
    from data_access.queries.promo_lessons import lesson_of
    from data_access.queries.promo_post_mortem_case import judged
    from data_access.queries.promo_post_mortems import post_mortem as kept
    from data_access.queries.promo_post_mortems import post_mortems
    from data_access.queries.promo_settings import company_currency
    from data_access.writes.lessons import propose_lesson
    from data_access.writes.post_mortems import close, save

    if (scenario is None) == (promotion is None):
        raise typer.BadParameter("name --scenario or --promotion")
    for name, id in (("--scenario", scenario), ("--promotion", promotion)):
        if id is not None and not _is_id(id):
            raise typer.BadParameter(f"'{id}' is not an id", param_hint=name)
    _, stores = migrated()
    newest = next(
        (one for one in post_mortems(stores, scope()) if (one.scenario_id, one.promotion_id) == (scenario, promotion)),
        None,
    )
    if newest is not None and newest.state != "open" and not anew:
        raise PostMortemClosed(
            f"Version {newest.version} of this post-mortem is closed and stays as it is."
            " --anew begins a further version, which judges the promotion once more."
        )
    held = None if newest is None else kept(stores, scope(), newest.report_id)
    marks = () if held is None else held.marks
    found = with_sentences(
        judged(stores, scope(), Subject(scenario, promotion), marks), company_currency(stores, scope())
    )
    save_id = str(uuid.uuid4())
    done = save(stores, scope(), found, seen=None if held is None else held.save_id, save_id=save_id, anew=anew)
    state = "open"
    if closed or propose:
        close(stores, scope(), done.report_id, seen=save_id)
        state = "closed"
    result: dict[str, Any] = {
        "report_id": done.report_id, "version": done.version, "state": state, **found.report,
        "insights": list(found.insights), "learning_points": list(found.learning_points),
    }  # fmt: skip
    lines = _lines(found, done.report_id, state)
    if propose:
        told = lesson_of(stores, scope(), done.report_id)
        proposed = propose_lesson(stores, scope(), done.report_id)
        changes = () if told is None else told.lesson.changes
        result["proposed"] = {"model_version": proposed.version, "changes": [_change(one) for one in changes]}
        lines.append(f"Model {proposed.version} is proposed: promolens uplift --in-force {proposed.version}")
        lines += [
            f"  {one.outcome.cell.department}, {one.outcome.cell.channel} at {one.outcome.discount:.1%}: uplift"
            f" believed {one.before:+.1%}, seen {one.outcome.uplift:+.1%}, then {one.after:+.1%},"
            f" weight {one.weight:.0%}"
            for one in changes
        ]
    say(result, "\n".join(lines), as_json)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _lines(found: PostMortem, report_id: str, state: str) -> list[str]:
    from components import post_mortem_words as words

    lines = [f"Post-mortem {report_id} of {words.titled(found.label)} is kept, {state}.", words.verdict(found.report)]
    for name, said in (
        ("What happened", found.insights),
        ("What to learn", found.learning_points),
        ("What cannot be concluded, or only with care", words.doubts(found.report)),
    ):
        lines += [f"{name}:", *(f"  {sentence}" for sentence in said)] if said else []
    return lines


def _change(one: Change) -> dict[str, Any]:
    return {
        "department": one.outcome.cell.department,
        "channel": one.outcome.cell.channel,
        "discount": one.outcome.discount,
        "believed": one.before,
        "seen": one.outcome.uplift,
        "after": one.after,
        "weight": one.weight,
    }
