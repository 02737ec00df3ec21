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
    group: Annotated[
        list[str] | None,
        typer.Option("--group", help="DEPARTMENT=GROUP: departments of a group can take sales from each other; more"
                     " than once, kept in the planners' settings. DEPARTMENT= takes it out of its group."),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Learn what discounts bring from the sales. Example: promolens uplift --group TV=Media --group Audio=Media"""
    from ingest.uplift import declare_groups, learn_uplift, said

    declared = {}
    for one in group or ():
        department, sign, name = one.partition("=")
        if not sign or not department.strip():
            raise typer.BadParameter(f"'{one}' is not DEPARTMENT=GROUP", param_hint="--group")
        declared[department.strip()] = name.strip()
    _, stores = migrated()
    if declared:
        declare_groups(stores, scope(), declared)
    done = learn_uplift(stores, scope(), propose=propose)
    lines = [done.sentence]
    if done.doubts:
        lines.append("Not estimated from its own sales:")
        lines += [f"  {said(doubt)}" for doubt in done.doubts]
    say(done.as_dict(), "\n".join(lines), as_json)
