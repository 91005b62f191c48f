"""Pages of what is sent: the queue and one message."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yipan.base.access import Actor
from yipan.interop import verbs
from yipan.interop.outbound import actions, queries
from yipan.interop.outbound.models import OutboundMessage, OutboundState
from yipan.interop.pages import tabs
from yipan.interop.reading import read_message
from yipan.interop.showing import shown_segments
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.ui import flash
from yipan.ui import messages as sentences

TONES = {
    OutboundState.WAITING: ("neutral", "clock"),
    OutboundState.ACKNOWLEDGED: ("free", "circle-check"),
    OutboundState.REFUSED: ("warn", "triangle-alert"),
    OutboundState.DROPPED: ("neutral", "circle-slash"),
}


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """What was sent, waits or was refused, newest first."""
    actor, given = _actor(request), request.GET
    state = given.get("state", "") if given.get("state", "") in OutboundState.values else ""
    receiver_id = texts.identifier(given.get("receiver", ""))
    shown = queries.page(actor, state=state, receiver_id=receiver_id, before=texts.whole(given.get("before", "")))
    context = {
        "page": shown,
        "rows": [(row, *TONES[OutboundState(row.state)], told(row)) for row in shown.messages],
        "counts": queries.counts(actor),
        "receivers": [(str(r.receiver.pk), r.receiver.name) for r in queries.receivers(actor)],
        "chosen": str(receiver_id or ""),
        "state": state,
        "filtered": bool(state or receiver_id),
        "tabs": tabs("sent"),
    }
    return render(request, "interop/sent.html", context)


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message: what it says, what the receiver answered, what to do."""
    return _page(request, queries.message(_actor(request), message_id))


@require_POST
def replay(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send it once more."""
    actions.replay(actor=_actor(request), message_id=message_id)
    flash.say(request, _("The message is sent again."))
    return HttpResponseRedirect(reverse("interop:sent_message", args=[message_id]))


@require_POST
def drop(request: HttpRequest, message_id: int) -> HttpResponse:
    """Decide that it is not sent."""
    actor = _actor(request)
    try:
        actions.drop(actor=actor, message_id=message_id, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        return _page(request, queries.message(actor, message_id), error)
    flash.say(request, _("The message is not sent."))
    return HttpResponseRedirect(reverse("interop:sent_message", args=[message_id]))


def told(row: OutboundMessage) -> str:
    """What the receiver answered, why nothing could be sent, or why somebody chose not to."""
    if row.note:
        return row.note
    if row.error_code:
        return sentences.sentence(row.error_code, row.error_params)
    return " · ".join(part for part in (row.answer, row.answer_text) if part)


def _page(request: HttpRequest, row: OutboundMessage, error: YipanError | None = None) -> HttpResponse:
    actor = _actor(request)
    open_all = queries.may_see_patient(actor, row)
    tone, symbol = TONES[OutboundState(row.state)]
    may = actor.may(verbs.REPLAY, row.receiver.organisation.path)
    context: dict[str, Any] = {
        "row": row,
        "tone": tone,
        "symbol": symbol,
        "told": told(row),
        "open_all": open_all,
        "segments": shown_segments(read_message(bytes(row.raw)).message, open_all) if row.raw else (),
        "replayable": may and bool(row.raw) and row.state in (OutboundState.REFUSED, OutboundState.DROPPED),
        "droppable": may and row.state in queries.STANDING,
        "error": sentences.of_error(error) if error else "",
    }
    return render(request, "interop/sent_message.html", context, status=422 if error else 200)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
