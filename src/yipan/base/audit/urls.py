"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from yipan.base.audit import pages

urlpatterns = [
    path("audit", pages.trail, name="audit"),
    path("audit/export", pages.export, name="audit_export"),
]
