"""What is kept of a scenario that was tried: its content with the figures, the validation and the forecast of now."""

from __future__ import annotations

from analytics.promo.forecast import forecast_of
from analytics.promo.scenarios import Draft
from analytics.promo.trial import Ground, Tried


def draft_of(tried: Tried, ground: Ground, scenario_id: str | None = None) -> Draft:
    """scenario_id: of the one that it is a further version of, None for a new one."""
    model = ground.model_version or None
    return Draft(
        content=tried.content,
        kpis=tried.kpis,
        report=tried.report,
        forecast=forecast_of(tried.simulation, tried.intervals, ground.knowledge, model),
        model_version=model,
        scenario_id=scenario_id,
    )
