"""`promolens uplift`: what discounts bring, learned from the company's sales."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("uplift")(uplift)


@told
def uplift(
    propose: Annotated[bool, typer.Option("--propose", help="Keep the model without putting it in force.")] = False,
    in_force: Annotated[
        str, typer.Option("--in-force", help="Learn nothing: put a model in force that is proposed, or was before.")
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="Learn nothing: name all models.")] = False,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", help="DEPARTMENT=GROUP: departments of a group can take sales from each other; more"
                     " than once, kept in the planners' settings. DEPARTMENT= takes it out of its group."),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Learn what discounts bring from the sales. Example: promolens uplift --group TV=Media --group Audio=Media"""
    from data_access.queries.promo_models import models
    from ingest.uplift import choose, declare_groups, learn_uplift, said

    if bool(in_force) + listed + bool(group or propose) > 1:
        raise typer.BadParameter("--in-force, --list and learning are asked for one at a time")
    declared = {}
    for one in group or ():
        department, sign, name = one.partition("=")
        if not sign or not department.strip():
            raise typer.BadParameter(f"'{one}' is not DEPARTMENT=GROUP", param_hint="--group")
        declared[department.strip()] = name.strip()
    _, stores = migrated()
    if listed:
        rows = [{"model_version": one.version, "state": one.state, "source": one.source, "sales_to": one.sales_to}
                for one in models(stores, scope())]  # fmt: skip
        text = "\n".join(f"{row['model_version']}  {row['state']}  {row['source']}" for row in rows)
        return say({"models": rows}, text or "There is no model yet.", as_json)
    if in_force:
        chosen = choose(stores, scope(), in_force)
        return say(chosen.as_dict(), "\n".join([chosen.sentence, *chosen.lines]), as_json)
    if declared:
        declare_groups(stores, scope(), declared)
    done = learn_uplift(stores, scope(), propose=propose)
    lines = [done.sentence]
    if done.doubts:
        lines.append("Not estimated from its own sales:")
        lines += [f"  {said(doubt)}" for doubt in done.doubts]
    say(done.as_dict(), "\n".join(lines), as_json)
