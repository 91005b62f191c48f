"""The message pages: the queue, one message, the senders and their mappings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.base.access import Actor
from yipan.interop import editing, queries, queue, verbs, words
from yipan.interop.models import Charset, InboundMessage, LocationMode, MessageState, Source
from yipan.interop.showing import reading_of
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, NotFound, YipanError
from yipan.ui import flash
from yipan.ui import messages as sentences

INSTANTS = frozenset({"at", "until", "known", "end", "start", "arrived"})
"""Parameters of reasons that are instants, stored as ISO 8601."""

LOCATIONS_SHOWN = 50
"""Unknown locations on a sender's page; the others follow when these are named."""

TONES = {
    MessageState.RECEIVED: ("neutral", "clock"),
    MessageState.APPLIED: ("free", "circle-check"),
    MessageState.WAITING: ("warn", "triangle-alert"),
    MessageState.IGNORED: ("neutral", "circle-slash"),
    MessageState.SUPERSEDED: ("neutral", "skip-forward"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def message_list(request: HttpRequest) -> HttpResponse:
    """The queue, newest first. Filters stand in the address; a number that is looked for is posted, because it may be
    a patient's."""
    actor = _actor(request)
    wanted, error = _asked(request)
    shown = queries.page(actor, wanted, before=_number(request, "before"), after=_number(request, "after"))
    context = {
        "page": shown,
        "rows": [(row, *TONES[MessageState(row.state)], told(row)) for row in shown.messages],
        "counts": queries.counts(actor),
        "states": MessageState.choices,
        "kinds": [(kind, kind) for kind in queries.kinds(actor)],
        "reasons": [(code, words.title(code), n) for code, n in queries.reasons(actor)],
        "senders": queries.sender_names(actor),
        "given": request.GET | request.POST.dict(),
        "filtered": any(request.GET.get(k) for k in ("state", "kind", "sender", "day", "reason")) or wanted.text,
        "error": sentences.of_error(error) if error else "",
        "tabs": tabs("messages"),
    }
    return render(request, "interop/messages.html", context, status=400 if error else 200)


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message: what it says, what it did, what to do."""
    return _message_page(request, queries.message(_actor(request), message_id))


@require_POST
def replay(request: HttpRequest, message_id: int) -> HttpResponse:
    """Try a message again."""
    row = queue.replay(_actor(request), message_id)
    if row.state == MessageState.WAITING:
        flash.say(request, _("Still waiting: {reason}").format(reason=told(row)), "warn")
    else:
        flash.say(request, told(row))
    return HttpResponseRedirect(reverse("interop:message", args=[message_id]))


@require_POST
def ignore(request: HttpRequest, message_id: int) -> HttpResponse:
    """Decide that a message shall have no effect."""
    actor = _actor(request)
    try:
        queue.ignore(actor, message_id, request.POST.get("reason", ""))
    except InvalidInput as error:
        return _message_page(request, queries.message(actor, message_id), error)
    flash.say(request, _("The message is ignored."))
    return HttpResponseRedirect(reverse("interop:message", args=[message_id]))


@require_safe
def sender_list(request: HttpRequest) -> HttpResponse:
    """Who has ever sent something."""
    context = {"senders": queries.senders(_actor(request)), "tabs": tabs("senders")}
    return render(request, "interop/senders.html", context)


def sender(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """One sender with its mapping, as a form."""
    actor = _actor(request)
    if request.method != "POST":
        return _sender_page(request, queries.sender(actor, source_id))
    given = request.POST
    try:
        tried = editing.edit_source(
            actor=actor,
            source_id=source_id,
            organisation_id=texts.identifier(given.get("organisation", "")),
            charset=given.get("charset", ""),
            time_zone=given.get("time_zone", "").strip(),
            location_mode=given.get("location_mode", ""),
            enabled=given.get("enabled") == "1",
            assigners=given.get("assigners", ""),
            services=given.get("services", ""),
        )
    except InvalidInput as error:
        return _sender_page(request, queries.sender(actor, source_id), error)
    _say_tried(request, _("Saved."), tried)
    return HttpResponseRedirect(reverse("interop:sender", args=[source_id]))


@require_POST
def name_location(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Say which bed a location is."""
    actor = _actor(request)
    location, code = request.POST.get("location", ""), request.POST.get("bed", "")
    try:
        tried = editing.name_location(actor=actor, source_id=source_id, location=location, bed_code=code)
    except (InvalidInput, NotFound) as error:
        if error.code == "source_unknown":
            raise
        return _sender_page(request, queries.sender(actor, source_id), error)
    _say_tried(request, _("{location} is bed {bed} now.").format(location=location, bed=code), tried)
    return HttpResponseRedirect(reverse("interop:sender", args=[source_id]))


@require_POST
def forget_location(request: HttpRequest, source_id: UUID, alias_id: UUID) -> HttpResponse:
    """Remove the name of a location."""
    editing.forget_location(actor=_actor(request), source_id=source_id, alias_id=alias_id)
    flash.say(request, _("The name is removed."))
    return HttpResponseRedirect(reverse("interop:sender", args=[source_id]))


@require_POST
def replay_waiting(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Try all waiting messages of a sender again, or those with one reason."""
    tried = queue.replay_waiting(_actor(request), source_id, code=request.POST.get("reason", ""))
    _say_tried(request, "", tried)
    return HttpResponseRedirect(reverse("interop:sender", args=[source_id]))


def told(row: InboundMessage) -> str:
    """What a message did or why it waits, as a sentence."""
    if row.state in (MessageState.WAITING, MessageState.SUPERSEDED):
        return sentences.sentence(row.error_code, _revived(row.error_params))
    if row.note:
        return row.note
    return words.outcome(row.outcome) if row.outcome else ""


def _revived(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters with their instants as instants, so that a person reads day and time."""
    return {k: datetime.fromisoformat(v) if k in INSTANTS and v else v for k, v in params.items()}


def _message_page(request: HttpRequest, row: InboundMessage, error: YipanError | None = None) -> HttpResponse:
    actor = _actor(request)
    open_all = queries.may_see_patient(actor, row)
    before, after = queries.neighbours(actor, row)
    tone, symbol = TONES[MessageState(row.state)]
    again = row.retry_at is not None
    context = {
        "row": row,
        "tone": tone,
        "symbol": symbol,
        "told": told(row),
        "advice": words.advice(row.error_code, again=again) if row.state == MessageState.WAITING else "",
        "reading": reading_of(row, open_all=open_all),
        "open_all": open_all,
        "before": before,
        "after": after,
        "may_decide": _may_decide(actor, row),
        "replayable": row.state in queue.REPLAYABLE,
        "waiting": row.state == MessageState.WAITING,
        "sender_fits": row.error_code in words.BY_MAPPING,
        "error": sentences.of_error(error) if error else "",
    }
    return render(request, "interop/message.html", context, status=422 if error else 200)


def _sender_page(request: HttpRequest, source: Source, error: YipanError | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" and "time_zone" in request.POST else None
    stored = {
        "organisation": str(source.organisation_id or ""),
        "charset": source.charset,
        "time_zone": source.time_zone,
        "location_mode": source.location_mode,
        "enabled": "1" if source.enabled else "",
        "assigners": editing.write_lines(source.assigners),
        "services": editing.write_lines(source.services),
    }
    actor = _actor(request)
    path = source.organisation.path if source.organisation else None
    locations = queries.untold(source, "location_unknown location_ambiguous", "location")[:LOCATIONS_SHOWN]
    context = {
        "source": source,
        "value": given or stored,
        "organisations": queries.organisations(actor),
        "charsets": Charset.choices,
        "modes": LocationMode.choices,
        "locations": [(at, n, queries.likely_beds(source, at)) for at, n in locations],
        "services": queries.untold(source, "department_untold", "service"),
        "reasons": [(code, words.title(code), n) for code, n in queries.reasons_of(source)],
        "aliases": source.aliases.select_related("bed__room__ward").order_by("location"),
        "may_edit": actor.may(verbs.EDIT, path),
        "error": sentences.of_error(error) if error else "",
    }
    return render(request, "interop/sender.html", context, status=422 if error else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _may_decide(actor: Actor, row: InboundMessage) -> bool:
    organisation = row.source.organisation
    return actor.may(verbs.REPLAY, organisation.path if organisation else None)


def _asked(request: HttpRequest) -> tuple[queries.Filter, InvalidInput | None]:
    """The filter in the address; what cannot be read is left out and told."""
    given = request.GET
    error = None
    try:
        day = texts.day(given["day"]) if given.get("day") else None
    except InvalidInput as wrong:
        day, error = None, wrong
    return (
        queries.Filter(
            state=given.get("state", "") if given.get("state", "") in MessageState.values else "",
            kind=given.get("kind", ""),
            source_id=texts.identifier(given.get("sender", "")),
            day=day,
            reason=given.get("reason", ""),
            text=request.POST.get("q", "").strip(),
        ),
        error,
    )


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _say_tried(request: HttpRequest, saved: str, tried: int) -> None:
    text = _("Messages that are tried again: {n}.").format(n=tried)
    flash.say(request, f"{saved} {text}".strip() if tried or not saved else saved)


def tabs(current: str) -> list[tuple[str, str, None, bool]]:
    """The tabs of the message pages."""
    return [
        (reverse("interop:messages"), _("Queue"), None, current == "messages"),
        (reverse("interop:senders"), _("Senders"), None, current == "senders"),
        (reverse("interop:sent"), _("Sent"), None, current == "sent"),
        (reverse("interop:receivers"), _("Receivers"), None, current == "receivers"),
    ]
