"""Forecasts as distributions: daily series by quantiles, and the beds taken in the next hours exactly.

    from yipan.engine.forecast import Panel, forecast

    coming = forecast(Panel(("Ward 1",), date(2026, 1, 1), values), 14, country="CN", seed=1)
    coming.median  # float[series, horizon]

NumPy and LightGBM; no Django. What is heavy is imported when a forecast is made.
"""

from yipan.engine.forecast.census import Census, census
from yipan.engine.forecast.forecasting import forecast
from yipan.engine.forecast.hazard import Hazard
from yipan.engine.forecast.panel import LEVELS, Panel, Quantiles
from yipan.engine.forecast.reconciling import reconcile

__all__ = ["LEVELS", "Census", "Hazard", "Panel", "Quantiles", "census", "forecast", "reconcile"]
