"""What is stored of plans, of forecasts and of scenarios."""

from yipan.planning.models.forecasts import Alert, Cause, Forecast, History, Measure, Outlook, Step
from yipan.planning.models.plans import Kind, Proposal, Run, Status
from yipan.planning.scenarios.models import Scenario

__all__ = [
    "Alert",
    "Cause",
    "Forecast",
    "History",
    "Kind",
    "Measure",
    "Outlook",
    "Proposal",
    "Run",
    "Scenario",
    "Status",
    "Step",
]
