"""Forecasts made anew, of the company's sales and of a store's orders: gathered, fitted, put together, kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from analytics.forecasting.candidates import Kind
from analytics.forecasting.choice import Forecast, put_together
from data_access.queries.accounts import PROMO, accounts, data_state
from data_access.queries.forecasts import ORDERS, SALES, Planned, order_days, order_forecasts, planned, sales_forecasts
from data_access.queries.promo_models import country_of_stores, learning_rows
from data_access.queries.promo_sales import Days, segments
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import company_state
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.forecasts import keep_order_forecasts, keep_sales_forecasts
from ingest.errors import IngestError, UnknownAccount
from ingest.forecasting.gathering import (
    ABOVE_ZERO,
    Discounts,
    Work,
    ahead_of,
    discounts,
    loaded_until,
    of_orders,
    of_sales,
)
from ingest.forecasting.pool import fitted, usual_workers
from ingest.schedule.context import Context, Outcome

UP_TO_DATE: Final = "The forecasts are up to date."
NO_SALES: Final = "There are no sales yet. Load workbooks first: promolens ingest, or the page Workbooks."
NO_ORDERS: Final = "There are no orders yet, or no day of them is whole. Sync the store first: promolens sync."
# Other promotions or holidays are a reason to forecast anew, once a day.
_A_DAY: Final = timedelta(hours=20)
# The channel of the workbooks that store orders belong to.
_ORDERED_IN: Final = "online"
Told = Callable[[int, int], None]


class NothingToForecast(IngestError):
    """There are no figures to forecast from; says what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """What forecasting led to. world: 'orders' or 'sales'; account: '' for the company's sales."""

    world: str
    account: str
    last: date
    until: date
    forecasts: Sequence[Forecast]

    @property
    def sentence(self) -> str:
        """In one line, for the person who asked."""
        better = sum(forecast.active.kind is not Kind.NAIVE for forecast in self.forecasts)
        whose = f"store orders of {self.account}" if self.account else "the company's sales"
        return (
            f"{len(self.forecasts)} series of {whose} are forecast up to {self.until}: {better} by a model that beats"
            f" the seasonal naive, {len(self.forecasts) - better} by the seasonal naive."
        )

    def as_dict(self) -> dict[str, Any]:
        """For a file or another program."""
        return {
            "world": self.world,
            "account": self.account or None,
            "last_day": f"{self.last}",
            "until": f"{self.until}",
            "series": [
                {
                    **forecast.key._asdict(),
                    "model_type": forecast.active.kind.value,
                    "trouble": forecast.trouble.value if forecast.trouble else None,
                    "wape": forecast.shown.wape,
                    "bias": forecast.shown.bias,
                    "mase": forecast.shown.mase,
                    "coverage": forecast.inside,
                }
                for forecast in self.forecasts
            ],
        }


def forecast_sales(
    stores: Stores,
    scope: Scope,
    *,
    workers: int | None = None,
    told: Told = lambda _done, _all: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Done:
    """Forecasts the company's sales and keeps that. Raises NotPermitted, NothingToForecast, FitFailed, StoreError."""
    scope.require(Right.PROMO_WRITE)
    # Before the figures: what is loaded while they are fitted is a reason to forecast anew.
    changed = company_state(stores, scope).changed_at(PROMO)
    rows = learning_rows(stores, scope)
    if not rows:
        raise NothingToForecast(NO_SALES)
    last = loaded_until(rows)
    rows = tuple(row for row in rows if row.date <= last)
    until = last + timedelta(days=ahead_of(last))
    plans = planned(stores, scope, Days(last + timedelta(days=1), until))
    settings = promo_settings(stores, scope)
    given = discounts(rows, plans, settings, [row.plain for row in segments(stores, scope)], until)
    country = settings.country or country_of_stores(stores)
    work = of_sales(rows, given, plans, country, changed)
    found = _made(work, workers, told, stopping)
    keep_sales_forecasts(stores, scope, found, work.basis)
    return Done(SALES, "", last, until, found)


def forecast_orders(
    stores: Stores,
    scope: Scope,
    account: str,
    *,
    workers: int | None = None,
    told: Told = lambda _done, _all: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Done:
    """Forecasts an account's store orders and keeps that.

    Raises NotPermitted, UnknownAccount, NothingToForecast, FitFailed, StoreError.
    """
    work, last = orders_work(stores, scope, account)
    found = _made(work, workers, told, stopping)
    keep_order_forecasts(stores, scope, account, found, work.basis)
    return Done(ORDERS, account, last, last + timedelta(days=ahead_of(last)), found)


def orders_work(stores: Stores, scope: Scope, account: str) -> tuple[Work, date]:
    """All that is to be fitted of an account's store orders, and their last whole day.

    Raises NotPermitted, UnknownAccount, NothingToForecast, StoreError.
    """
    scope.require(Right.SYNC, account)
    held = next((one for one in accounts(stores, scope) if one.public_id == account), None)
    if held is None:
        raise UnknownAccount(account)
    as_of = data_state(stores, scope, account).as_of
    if as_of is None:
        raise NothingToForecast(NO_ORDERS)
    last = as_of.astimezone(held.zone).date() - timedelta(days=1)
    rows = order_days(stores, scope, account, last)
    if not rows:
        raise NothingToForecast(NO_ORDERS)
    until = last + timedelta(days=ahead_of(last))
    given: Discounts | None = None
    plans: tuple[Planned, ...] = ()
    if scope.allows(Right.PROMO_READ):
        # The web shop's alone: where other channels are loaded further, they tell nothing of its discounts.
        sold = tuple(row for row in learning_rows(stores, scope) if row.channel == _ORDERED_IN)
        # Where workbooks end before the orders do, what was planned for the days since stands in for their sales.
        told_to = min(max((row.date for row in sold), default=last), last)
        plans = tuple(
            one
            for one in planned(stores, scope, Days(told_to + timedelta(days=1), until))
            if any(row.channel in ("", _ORDERED_IN) for row in one.mechanics)
        )
        given = discounts(
            sold, plans, promo_settings(stores, scope), [row.plain for row in segments(stores, scope)], until
        )
    return of_orders(rows, last, given, plans, held.country or "", synced=held.files is None), last


def _made(work: Work, workers: int | None, told: Told, stopping: Callable[[], bool]) -> list[Forecast]:
    tested = fitted(work.tasks, workers or usual_workers(), told, stopping)
    return [
        forecast
        for metric, series in work.families.items()
        for forecast in put_together(series, tested, work.origins, above_zero=ABOVE_ZERO[metric])
    ]


def sales_by_the_clock(context: Context) -> Outcome:
    """Forecasts the company's sales anew where there are new ones, or other promotions are planned since a day."""
    stores, scope = context.stores, context.scope
    changed = company_state(stores, scope).changed_at(PROMO)
    if changed is None:
        return Outcome("done", UP_TO_DATE)
    held = sales_forecasts(stores, scope)
    if held is not None and not held.behind(changed):
        days = Days(held.last + timedelta(days=1), held.last + timedelta(days=ahead_of(held.last)))
        plans = {one.scenario_id: one.version for one in planned(stores, scope, days) if one.scenario_id}
        waited = context.clock().astimezone(UTC) - held.made_at >= _A_DAY
        if plans == dict(held.basis.looked_at) or not waited:
            return Outcome("done", UP_TO_DATE)
    return _outcome(context, lambda: forecast_sales(stores, scope, stopping=context.stopping))


def orders_by_the_clock(context: Context) -> Outcome:
    """Forecasts a store's orders anew where a day has become whole since."""
    stores, scope = context.stores, context.scope
    held = order_forecasts(stores, scope, context.account)
    as_of: datetime | None = data_state(stores, scope, context.account).as_of
    zone = next((one.zone for one in accounts(stores, scope) if one.public_id == context.account), UTC)
    if as_of is None or (held is not None and held.last >= as_of.astimezone(zone).date() - timedelta(days=1)):
        return Outcome("done", UP_TO_DATE)
    return _outcome(context, lambda: forecast_orders(stores, scope, context.account, stopping=context.stopping))


def _outcome(context: Context, forecast: Callable[[], Done]) -> Outcome:
    try:
        done = forecast()
    except NothingToForecast as why:
        return Outcome("done", str(why))
    except IngestError as error:
        if context.stopping():
            return Outcome("waiting", "Broken off when the program ended. What was forecast before stays.")
        return Outcome("failed", str(error))
    return Outcome("done", done.sentence)
