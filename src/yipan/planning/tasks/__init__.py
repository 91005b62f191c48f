"""The jobs of planning: plans and scenarios that were asked for, forecasts on time."""

from yipan.planning.scenarios.tasks import run_scenario
from yipan.planning.tasks.forecasts import foresee, make_days, make_hours, rehearse
from yipan.planning.tasks.plans import make_plan

__all__ = ["foresee", "make_days", "make_hours", "make_plan", "rehearse", "run_scenario"]
