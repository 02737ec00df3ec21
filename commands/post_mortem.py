"""`promolens post-mortem`: what a promotion that is over really brought."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import typer

from commands.frame import AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("post-mortem")(post_mortem)


@told
def post_mortem(
    scenario: Annotated[str | None, typer.Option("--scenario", help="Id of an approved scenario.")] = None,
    promotion: Annotated[str | None, typer.Option("--promotion", help="Id of a promotion of the catalog.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Begin a further version after a closed one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a promotion that is over, and keep the report open. Example: promolens post-mortem --scenario ID"""
    from analytics.promo.postmortem.kept import PostMortem, Subject
    from analytics.promo.postmortem.report import analysed
    from data_access.queries.promo_post_mortem_case import ground
    from data_access.queries.promo_post_mortems import post_mortem as kept
    from data_access.queries.promo_post_mortems import post_mortems
    from data_access.writes.post_mortems import save

    if (scenario is None) == (promotion is None):
        raise typer.BadParameter("name --scenario or --promotion")
    for name, id in (("--scenario", scenario), ("--promotion", promotion)):
        if id is not None and not _is_id(id):
            raise typer.BadParameter(f"'{id}' is not an id", param_hint=name)
    _, stores = migrated()
    subject = Subject(scenario, promotion)
    newest = next(
        (one for one in post_mortems(stores, scope()) if (one.scenario_id, one.promotion_id) == (scenario, promotion)),
        None,
    )
    held = None if newest is None else kept(stores, scope(), newest.report_id)
    held_marks = () if held is None else held.marks
    found = ground(stores, scope(), subject, held_marks)
    case = found.case
    analysis = analysed(case)
    done = save(
        stores, scope(),
        PostMortem(
            subject, case.label, case.start, case.end, analysis.figures, analysis.report, tuple(held_marks),
            found.frozen, found.model_version, case.last,
        ),
        seen=None if held is None else held.save_id, save_id=str(uuid.uuid4()), anew=anew,
    )  # fmt: skip
    result = {"report_id": done.report_id, "version": done.version, **analysis.report}
    say(result, "\n".join(_lines(case.label, done.report_id, analysis.report)), as_json)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _lines(label: str, report_id: str, report: dict[str, Any]) -> list[str]:
    totals, effect = report["totals"], report["effect"].get("units")
    lines = [f"Post-mortem {report_id} of {label or 'a promotion without a name'} is kept, open."]
    for name in ("sales_value", "margin_value", "ebit", "units"):
        promised = totals[f"forecast_{name}"]
        against = "" if promised is None else f", forecast {promised:,.0f}"
        lines.append(f"  {name}: {totals[name]:,.0f}{against}")
    if effect is not None:
        lines.append(
            f"  units on top: {effect['value']:,.0f} ({effect['low']:,.0f} to {effect['high']:,.0f} at 90 %),"
            f" {'more than chance brings' if effect['sure'] else 'not told from chance'}"
        )
    lines += [f"  cannot be concluded without care: {one['kind'].replace('_', ' ')}" for one in report["doubts"]]
    return lines
