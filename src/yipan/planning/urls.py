"""Addresses of the plan pages."""

from django.urls import URLPattern, path

from yipan.planning.pages import forecasts, plans
from yipan.planning.scenarios.urls import urlpatterns as scenarios

app_name = "planning"

urlpatterns: list[URLPattern] = [
    path("plans", plans.plans, name="plans"),
    path("plans/<uuid:run_id>", plans.plan, name="plan"),
    path("plans/<uuid:run_id>/stop", plans.stop, name="stop"),
    path("plans/<uuid:run_id>/accept", plans.accept, name="accept"),
    path("forecasts", forecasts.ribbon, name="forecasts"),
    path("forecasts/calibration", forecasts.calibration, name="calibration"),
    *scenarios,
]
