"""Addresses of the plan pages."""

from django.urls import URLPattern, path

from yipan.planning import pages
from yipan.planning.scenarios.urls import urlpatterns as scenarios

app_name = "planning"

urlpatterns: list[URLPattern] = [
    path("plans", pages.plans, name="plans"),
    path("plans/<uuid:run_id>", pages.plan, name="plan"),
    path("plans/<uuid:run_id>/stop", pages.stop, name="stop"),
    path("plans/<uuid:run_id>/accept", pages.accept, name="accept"),
    *scenarios,
]
