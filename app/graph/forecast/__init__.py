"""Forecasts: what fails next if nobody acts, always marked as a forecast with its reasons."""

from app.graph.forecast.cascade import forecast_cascade, what_if
from app.graph.forecast.inputs import Call, Condition
from app.graph.forecast.result import (
    BudgetForecast,
    CascadeForecast,
    CutDecision,
    DecisionKind,
    ForecastStep,
    Likelihood,
)

__all__ = [
    "BudgetForecast",
    "Call",
    "CascadeForecast",
    "Condition",
    "CutDecision",
    "DecisionKind",
    "ForecastStep",
    "Likelihood",
    "forecast_cascade",
    "what_if",
]
