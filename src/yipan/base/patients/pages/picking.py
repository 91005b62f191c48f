"""Finding a patient in the form of another room: what the search finds while it is typed, to choose one of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.patients import queries
from yipan.kernel import texts

SHOWN = 8


@never_cache
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """The patients found; posted, because addresses end in logs."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("patients.view")
    return render(request, "patients/pick_list.html", choices(actor, request.POST))


def choices(actor: Actor, form: Any) -> dict[str, Any]:
    """What `patients/pick.html` needs: who the text in `q` finds, and who is chosen as `patient` already."""
    text, chosen = form.get("q", "").strip(), texts.identifier(form.get("patient", ""))
    found = queries.search(actor, text, SHOWN + 1) if text and actor.may("patients.view") else []
    hits = {hit.id: hit for hit in found[:SHOWN]}
    if chosen is not None and chosen not in hits and actor.may("patients.view"):
        known = queries.summaries([chosen])
        audit.record_list(actor, "patients.search", count=len(known))
        hits = {hit.id: hit for hit in known} | hits
    return {"pick_text": text, "picked": chosen, "hits": list(hits.values()), "pick_more": len(found) > SHOWN}
