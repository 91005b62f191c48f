"""Pages of the receivers: the list, and one as a form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.base.access import Actor
from yipan.interop import queries as inbound
from yipan.interop import verbs
from yipan.interop.outbound import actions, queries
from yipan.interop.outbound.models import OutboundCharset, OutboundState, Receiver
from yipan.interop.outbound.spreading import KINDS
from yipan.interop.pages import tabs
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.ui import flash
from yipan.ui import messages as sentences


@require_safe
def receiver_list(request: HttpRequest) -> HttpResponse:
    """Who is told something, and how well that goes."""
    actor = _actor(request)
    rows = [(row, trouble(row.receiver)) for row in queries.receivers(actor)]
    context = {"rows": rows, "tabs": tabs("receivers"), "may_add": actor.may(verbs.EDIT)}
    return render(request, "interop/receivers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def receiver(request: HttpRequest, receiver_id: UUID | None = None) -> HttpResponse:
    """One receiver, or a new one, as a form."""
    actor = _actor(request)
    row = queries.receiver(actor, receiver_id) if receiver_id else None
    if request.method != "POST":
        return _page(request, row, _stored(row or Receiver()), {})
    given = request.POST
    try:
        saved = actions.save_receiver(
            actor=actor,
            receiver_id=receiver_id,
            name=given.get("name", ""),
            organisation_id=texts.identifier(given.get("organisation", "")),
            host=given.get("host", ""),
            port=texts.whole(given.get("port", "")),
            tls=given.get("tls") == "1",
            application=given.get("application", ""),
            facility=given.get("facility", ""),
            kinds=given.getlist("kinds"),
            version=given.get("version", ""),
            charset=given.get("charset", ""),
            enabled=given.get("enabled") == "1",
        )
    except InvalidInput as error:
        errors = {name: sentences.sentence(code) for name, code in error.params.get("fields", {}).items()}
        return _page(request, row, {**given.dict(), "kinds": given.getlist("kinds")}, errors)
    flash.say(request, _("Saved."))
    return HttpResponseRedirect(reverse("interop:receiver", args=[saved.pk]))


@require_POST
def replay_refused(request: HttpRequest, receiver_id: UUID) -> HttpResponse:
    """Send again what the receiver refused."""
    sent = actions.replay_refused(actor=_actor(request), receiver_id=receiver_id)
    flash.say(request, _("Messages that are sent again: {n}.").format(n=sent))
    return HttpResponseRedirect(reverse("interop:receiver", args=[receiver_id]))


def trouble(row: Receiver) -> str:
    """Why a receiver gets nothing at present, or ""."""
    return sentences.sentence(row.failure, row.failure_params) if row.failure else ""


def _page(request: HttpRequest, row: Receiver | None, value: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    actor = _actor(request)
    if row is None:
        actor.require(verbs.EDIT)
    refused = row.messages.filter(state=OutboundState.REFUSED).count() if row else 0
    path = row.organisation.path if row else None
    context = {
        "receiver": row,
        "value": value,
        "errors": errors,
        "organisations": inbound.organisations(actor),
        "kinds": [(kind, kind) for kind in KINDS],
        "versions": [(version, version) for version in actions.VERSIONS],
        "charsets": OutboundCharset.choices,
        "refused": refused,
        "trouble": trouble(row) if row else "",
        "may_edit": actor.may(verbs.EDIT, path),
        "may_replay": actor.may(verbs.REPLAY, path),
    }
    return render(request, "interop/receiver.html", context, status=422 if errors else 200)


def _stored(row: Receiver) -> dict[str, Any]:
    names = ("name", "host", "application", "facility", "version", "charset")
    return {name: getattr(row, name) for name in names} | {
        "organisation": str(row.organisation_id or ""),
        "port": str(row.port or ""),
        "tls": "1" if row.tls else "",
        "enabled": "1" if row.enabled else "",
        "kinds": row.kinds or list(KINDS),
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
