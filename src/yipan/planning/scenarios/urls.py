"""Addresses of the scenario room."""

from django.urls import URLPattern, path

from yipan.planning.scenarios import pages

urlpatterns: list[URLPattern] = [
    path("scenarios", pages.scenarios, name="scenarios"),
    path("scenarios/new", pages.ask, name="scenario-ask"),
    path("scenarios/<uuid:scenario_id>", pages.scenario, name="scenario"),
    path("scenarios/<uuid:scenario_id>/stop", pages.stop, name="scenario-stop"),
    path("scenarios/<uuid:scenario_id>/save", pages.save, name="scenario-save"),
    path("scenarios/<uuid:scenario_id>/share", pages.share, name="scenario-share"),
    path("scenarios/<uuid:scenario_id>/remove", pages.remove, name="scenario-remove"),
    path("scenarios/<uuid:scenario_id>/apply", pages.apply, name="scenario-apply"),
]
