"""What reports of an examination start from: usual words, and fields that are asked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.exams import actions
from yipan.lines.exams.models import ReportTemplate
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.queries import centres as query
from yipan.spine.registry import Page
from yipan.ui import flash


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The template of one item, for all centres."""
    actor = show.actor_of(request, query.VERB)
    item = query.items().filter(pk=item_id).first()
    if item is None:
        raise NotFound("exam_item_unknown", id=str(item_id))
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        given = request.POST
        try:
            actions.set_template(
                actor=actor,
                item_id=item_id,
                findings=given.get("findings", ""),
                impression=given.get("impression", ""),
                fields=_fields(given.get("fields", "")),
            )
        except InvalidInput as error:
            errors = show.wrong(error)
        else:
            flash.say(request, _("Saved."))
            return HttpResponseRedirect(reverse("exam-template", args=[item_id]))
    stored = getattr(item, "template", None)
    value: Any = request.POST if errors else _stored(stored)
    context = {"item": item, "value": value, "errors": errors, "parts": show.parts(stored)}
    return render(request, "exams/reading/template.html", context, status=422 if errors else 200)


def _stored(stored: ReportTemplate | None) -> dict[str, str]:
    if stored is None:
        return {"findings": "", "impression": "", "fields": ""}
    lines = "\n".join(_line(part) for part in stored.fields)
    return {"findings": stored.findings, "impression": stored.impression, "fields": lines}


def _line(part: Mapping[str, Any]) -> str:
    """A field as it is typed: "qtc | QTc | QTc | ms", "axis | 电轴 | Axis | | normal=正常=Normal; left=左偏=Left"."""
    choices = "; ".join("=".join(str(word) for word in choice) for choice in part.get("choices", ()))
    cells = [part["key"], part["name"], part.get("name_en", ""), part.get("unit", ""), choices]
    while not cells[-1]:
        cells.pop()
    return " | ".join(cells)


def _fields(text: str) -> list[dict[str, Any]]:
    """Raises InvalidInput("template_line") with the number of the line."""
    made = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip()[:200] for cell in line.split("|", 4)]
        key, name, name_en, unit, choices = [*cells, "", "", "", "", ""][:5]
        if not key.isascii() or not key.isidentifier() or not name:
            raise InvalidInput("template_line", line=number)
        part: dict[str, Any] = {"key": key, "name": name}
        part |= {n: value for n, value in {"name_en": name_en, "unit": unit}.items() if value}
        if choices:
            told = [[word.strip() for word in choice.split("=")] for choice in choices.split(";") if choice.strip()]
            if any(not 2 <= len(choice) <= 3 or not all(choice) for choice in told):
                raise InvalidInput("template_line", line=number)
            part["choices"] = told
        made.append(part)
    return made


PAGES = (Page("reading/templates/<uuid:item_id>", template, "exam-template"),)
