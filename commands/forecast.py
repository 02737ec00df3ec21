"""`promolens forecast`: where store orders and the company's sales will go, by models tried out on the past."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands.frame import AccountOption, AsJson, migrated, progress, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("forecast")(forecast)


@told
def forecast(
    world: Annotated[
        str | None, typer.Option("--world", help="Only 'orders' (store orders) or 'sales' (the workbooks').")
    ] = None,
    account: AccountOption = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=64, help="Processes that fit; as many as cores where left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Forecast to the end of the quarter and of next month. Example: promolens forecast --world sales --workers 2"""
    from data_access.queries.accounts import accounts
    from ingest.forecasting.running import Done, NothingToForecast, forecast_orders, forecast_sales

    if world not in (None, "orders", "sales"):
        raise typer.BadParameter(f"'{world}' is neither orders nor sales", param_hint="--world")
    if world == "sales" and account:
        raise typer.BadParameter("sales belong to no account", param_hint="--account")
    _, stores = migrated()
    who = scope()
    asked: list[str] = [] if world == "orders" or account else [""]
    if world != "sales":
        asked += [account] if account else [one.public_id for one in accounts(stores, who)]
    done: list[Done] = []
    nothing: list[str] = []
    for one in asked:
        name = one or "the company's sales"
        with progress(as_json) as report:

            def follow(ready: int, of: int, name: str = name, report: Any = report) -> None:
                report(f"forecasting {name}: {ready} of {of} series", ready / of)

            try:
                made = (
                    forecast_orders(stores, who, one, workers=workers, told=follow)
                    if one
                    else forecast_sales(stores, who, workers=workers, told=follow)
                )
            except NothingToForecast as why:
                nothing.append(f"{name}: {why}")
                continue
        done.append(made)
    if not done:
        raise NothingToForecast(" ".join(nothing) or "There is no store and there are no sales yet.")
    result = {"forecasts": [made.as_dict() for made in done], "nothing": nothing}
    say(result, "\n".join([*(made.sentence for made in done), *nothing]), as_json)
