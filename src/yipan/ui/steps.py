"""Steps as addresses: each is a form that posts, and goes back to the page it came from.

A refusal is shown as a sentence on that page; nothing has changed then.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yipan.base.access import Actor
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.ui import flash, messages

Verb = Callable[[HttpRequest, Actor, UUID], str]


def step(verb: Verb, home: str) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A view that does one verb, tells the outcome, and returns to where the form was, or to the page named `home`; the
    verb gives the sentence of success."""

    @require_POST
    def view(request: HttpRequest, key: UUID) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        try:
            text, tone = verb(request, actor, key), "done"
        except YipanError as error:
            if request.headers.get("Accept", "").startswith("application/json"):
                raise
            text, tone = told(error), "error"
        if request.headers.get("HX-Request") == "true":
            status = 204 if tone == "done" else 409
            return flash.toast(HttpResponse(status=status), text, tone)  # type: ignore[arg-type]
        flash.say(request, text, tone)  # type: ignore[arg-type]
        return HttpResponseRedirect(back(request, home))

    return view


def back(request: HttpRequest, home: str) -> str:
    """Where the form came from: its `next`, else the referring page, else the page named `home`; never another site."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
            return address
    return reverse(home)


def told(error: YipanError) -> str:
    """The sentence of an error; for a form, the first field that is wrong."""
    fields: dict[str, str] = error.params.get("fields", {}) if isinstance(error, InvalidInput) else {}
    return messages.sentence(next(iter(fields.values()))) if fields else messages.of_error(error)
