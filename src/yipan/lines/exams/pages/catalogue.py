"""The catalogue of examinations: who offers what where, its price and preparation, and what senders call it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import Category
from yipan.lines.exams.pages.common import chosen
from yipan.lines.exams.queries import catalogue as query
from yipan.lines.exams.queries import facts as known
from yipan.spine.registry import Page
from yipan.ui import flash, messages

EDIT = "exams.catalogue"


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything that can be ordered, by category, searched by name, code or LOINC."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text, category = request.GET.get("q", "").strip()[:100], request.GET.get("category", "")
    category = category if category in Category.values else ""
    items = list(query.items(actor, text=text, category=category))
    places = {item: [site.label for site in sites] for item, sites in query.places([i.pk for i in items]).items()}
    context = {"items": items, "places": places, "q": text, "category": category, "categories": Category.choices}
    return render(request, "exams/catalogue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One item, where it is done, and what senders call it; a POST adds or takes away such a code."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("exams.view")
    found, errors = known.item(item_id), dict[str, str]()
    given = request.POST
    if request.method == "POST":
        try:
            _name(actor, item_id, request)
        except InvalidInput as error:
            fields = error.params.get("fields") or {"code": error.code}
            errors = {name: messages.sentence(code, error.params) for name, code in fields.items()}
        else:
            flash.say(request, _("Saved."))
            return HttpResponseRedirect(reverse("exam-item", args=[item_id]))
    edits = actor.may(EDIT)
    owners = query.owners(actor) if edits else []
    context = {
        "item": found,
        "places": query.places([found.pk]).get(found.pk, []),
        "codes": query.codes(found.pk),
        "may_edit": edits,
        "owners": [(str(o.pk), o.label) for o in owners],
        "keeps": {o.pk for o in owners} | ({None} if edits else set()),
        "value": given,
        "errors": errors,
    }
    return render(request, "exams/item.html", context, status=422 if errors else 200)


def _name(actor: Actor, item_id: UUID, request: HttpRequest) -> None:
    given = request.POST
    if given.get("step") == "drop":
        actions.drop_code(actor=actor, code_id=chosen(given.get("known", "")))
        return
    owner = given.get("organisation", "")
    place = texts.identifier(owner)
    if owner and place is None:
        raise InvalidInput("form_invalid", fields={"organisation": "choice_unknown"})
    told = {"system": given.get("system", ""), "code": given.get("code", "")}
    actions.add_code(actor=actor, item_id=item_id, organisation_id=place, **told)


PAGES = (
    Page("exams/catalogue", catalogue, "exam-catalogue"),
    Page("exams/catalogue/<uuid:item_id>", item, "exam-item"),
)
