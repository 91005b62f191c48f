"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from yipan.base.network.pages import places, policy, relations, transfer

app_name = "network"

urlpatterns = [
    path("network/", places.home, name="home"),
    path("network/organisations/<uuid:pk>", places.organisation, name="organisation"),
    path("network/organisations/<uuid:pk>/policy", policy.policy, name="policy"),
    path("network/sites/<uuid:pk>", places.site, name="site"),
    path("network/sites/<uuid:pk>/roads", relations.roads, name="roads"),
    path("network/departments/<uuid:pk>", relations.department, name="department"),
    path("network/wards/<uuid:pk>", places.ward, name="ward"),
    path("network/wards/<uuid:pk>/competences", relations.competences, name="competences"),
    path("network/wards/<uuid:pk>/walks", relations.walks, name="walks"),
    path("network/rooms/<uuid:pk>", places.room, name="room"),
    path("network/specialties", relations.specialties, name="specialties"),
    path("network/specialties/<str:code>", relations.specialty, name="specialty"),
    path("network/import", transfer.upload, name="import"),
    path("network/import/<uuid:pk>", transfer.review, name="import_review"),
    path("network/import/<uuid:pk>/confirm", transfer.confirm, name="import_confirm"),
    path("network/import/<uuid:pk>/discard", transfer.discard, name="import_discard"),
    path("network/export.<str:kind>", transfer.export, name="export"),
]
