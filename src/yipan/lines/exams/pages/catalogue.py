"""The catalogue of examinations: who offers what where, its price and its preparation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yipan.base.access import Actor
from yipan.lines.exams.models import Category
from yipan.lines.exams.queries import catalogue as query
from yipan.spine.registry import Page


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything that can be ordered, by category, searched by name, code or LOINC."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text, category = request.GET.get("q", "").strip()[:100], request.GET.get("category", "")
    category = category if category in Category.values else ""
    items = list(query.items(actor, text=text, category=category))
    context = {"items": items, "q": text, "category": category, "categories": Category.choices}
    return render(request, "exams/catalogue.html", context)


PAGES = (Page("exams/catalogue", catalogue, "exam-catalogue"),)
