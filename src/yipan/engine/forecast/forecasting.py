"""From a panel to quantiles of its coming days."""

from __future__ import annotations

from yipan.engine.forecast.panel import LEVELS, Panel, Quantiles
from yipan.engine.forecast.seasonal import seasonal


def forecast(panel: Panel, horizon: int, *, country: str = "CN", seed: int = 1) -> Quantiles:
    """Quantiles of the `horizon` days after the panel's last; `country` (ISO 3166 code) names its public holidays.

    The same panel and seed give the same forecast. Raises ValueError for a horizon below 1.
    """
    if horizon < 1:
        raise ValueError("A forecast reaches one day or more ahead.")
    return Quantiles(panel.names, panel.following, LEVELS, seasonal(panel, horizon))
