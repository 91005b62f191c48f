"""Addresses of the ui room; the server includes them at the root."""

from __future__ import annotations

import os

from django.conf import settings
from django.urls import URLPattern, path

from yipan.ui import pages

app_name = "ui"

urlpatterns: list[URLPattern] = [
    path("language", pages.language, name="language"),
    path("theme", pages.theme, name="theme"),
    path("search", pages.find, name="search"),
]

if settings.DEBUG or os.environ.get("YIPAN_DEMO") == "1":
    urlpatterns.append(path("ui/guide", pages.style_guide, name="guide"))
