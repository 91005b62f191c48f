"""Addresses of the message pages."""

from django.urls import URLPattern

app_name = "interop"

urlpatterns: list[URLPattern] = []
