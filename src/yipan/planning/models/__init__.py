"""What is stored of plans and of forecasts."""

from yipan.planning.models.forecasts import Alert, Cause, Forecast, History, Measure, Outlook, Step
from yipan.planning.models.plans import Kind, Proposal, Run, Status

__all__ = ["Alert", "Cause", "Forecast", "History", "Kind", "Measure", "Outlook", "Proposal", "Run", "Status", "Step"]
