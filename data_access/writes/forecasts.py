"""Forecasts, kept: models, what they expect and how they did, in one transaction with the version in cache keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pyarrow as pa

from analytics.forecasting.choice import Forecast
from analytics.forecasting.kept import Basis, performance, stored
from data_access.engines.base import Session
from data_access.queries.accounts import FORECASTS
from data_access.queries.forecasts import ORDERS, SALES
from data_access.scope import Right, Scope
from data_access.scoped import promo_load
from data_access.stores import Stores

_MONEY: Final = pa.decimal128(18, 2)
_MEASURE: Final = pa.decimal128(18, 4)
_LARGEST: Final = 99_999_999_999_999


def keep_order_forecasts(
    stores: Stores, scope: Scope, account: str, forecasts: Sequence[Forecast], basis: Basis
) -> None:
    """Keeps the forecasts of an account's store orders in place of those before. Raises NotPermitted, StoreError."""
    scope.require(Right.SYNC, account)
    _keep(stores.operational.write(), account, ORDERS, forecasts, basis)


def keep_sales_forecasts(stores: Stores, scope: Scope, forecasts: Sequence[Forecast], basis: Basis) -> None:
    """Keeps the forecasts of the company's sales in place of those before. Raises NotPermitted, StoreError."""
    _keep(promo_load(stores.operational, scope), "", SALES, forecasts, basis)


def _keep(
    writing: AbstractContextManager[Session], account: str, world: str, forecasts: Sequence[Forecast], basis: Basis
) -> None:
    active = [forecast.key for forecast in forecasts for model in forecast.models if model.active]
    assert len(active) == len(set(active)), "a series has one model in use"
    with writing as session:
        session.stage("made_models", _models(forecasts, basis))
        session.stage("made_predictions", _predictions(forecasts))
        session.stage("made_performance", _performance(forecasts))
        since = min(forecast.last for forecast in forecasts) + timedelta(days=1)
        session.execute("forecast/keep", account=account, world=world, since=since)
        if account:
            session.execute("aggregate/publish", account=account, datasets=[FORECASTS])
        else:
            session.execute("scenarios/publish", dataset=FORECASTS)


def _models(forecasts: Sequence[Forecast], basis: Basis) -> pa.Table:
    rows = [
        {
            "metric_name": forecast.key.metric,
            "channel": forecast.key.channel,
            "department": forecast.key.department,
            "model_type": model.kind.value,
            "active": model.active,
            "parameters": json.dumps(stored(forecast, model, basis)),
        }
        for forecast in forecasts
        for model in forecast.models
    ]
    texts = ("metric_name", "channel", "department", "model_type")
    schema = pa.schema([*((name, pa.string()) for name in texts), ("active", pa.bool_()), ("parameters", pa.string())])
    return pa.Table.from_pylist(rows, schema=schema)


def _predictions(forecasts: Sequence[Forecast]) -> pa.Table:
    rows = [
        {
            "metric_name": forecast.key.metric,
            "channel": forecast.key.channel,
            "department": forecast.key.department,
            "date": forecast.last + timedelta(days=place + 1),
            "value": _decimal(forecast.value[place], 2),
            "low": _decimal(forecast.low[place], 2),
            "high": _decimal(forecast.high[place], 2),
        }
        for forecast in forecasts
        for place in range(len(forecast.value))
    ]
    texts = ("metric_name", "channel", "department")
    numbers = ("value", "low", "high")
    schema = pa.schema(
        [*((name, pa.string()) for name in texts), ("date", pa.date32()), *((name, _MONEY) for name in numbers)]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _performance(forecasts: Sequence[Forecast]) -> pa.Table:
    rows = [
        {
            "metric_name": forecast.key.metric,
            "channel": forecast.key.channel,
            "department": forecast.key.department,
            "model_type": model.kind.value,
            "date": day,
            "measure": measure,
            "value": _decimal(value, 4),
        }
        for forecast in forecasts
        for model in forecast.models
        for day, measure, value in performance(forecast, model)
    ]
    texts = ("metric_name", "channel", "department", "model_type")
    schema = pa.schema(
        [*((name, pa.string()) for name in texts), ("date", pa.date32()), ("measure", pa.string()), ("value", _MEASURE)]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{max(min(float(value), _LARGEST), -_LARGEST):.{places}f}")
