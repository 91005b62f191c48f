"""What the spine knows of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.base.vault import retention
from yipan.kernel.errors import Conflict
from yipan.spine.models import Booking, Event, OutboxMessage, Request
from yipan.spine.queries import RequestState, with_state
from yipan.spine.states import LIVE

BATCH = 1000
UNDER_CARE = (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED, RequestState.ACTIVE)


def announce() -> None:
    """Register the sections and the guard of erasure; called once when Django is ready."""
    dossier.section("requests", _("Requests"), _requests, "spine.Request")
    dossier.section("bookings", _("Bookings"), _bookings, "spine.Booking")
    dossier.section("events", _("Events"), _events, "spine.Event")
    dossier.on_erase("spine", _erase)
    retention.register(retention.Rule("outbox.done", _("Effects after commit that are done"), 90, _done, _forget))


def _requests(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in Request.objects.filter(patient_id__in=ids).order_by("created_at"))


def _bookings(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in Booking.objects.filter(patient_id__in=ids).order_by("created_at"))


def _events(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    requests = Request.objects.filter(patient_id__in=ids).values("pk")
    rows = Event.objects.filter(Q(patient_id__in=ids) | Q(request_id__in=requests)).order_by("id")
    return (row_of(row) for row in rows)


def _done(before: datetime) -> int:
    return OutboxMessage.objects.filter(done_at__lt=before).count()


def _forget(before: datetime) -> int:
    ids = OutboxMessage.objects.filter(done_at__lt=before).order_by("id").values_list("id", flat=True)[:BATCH]
    return OutboxMessage.objects.filter(pk__in=list(ids)).delete()[0]


def _erase(ids: Sequence[UUID]) -> None:
    """Requests, bookings and events stay: they name nobody. Raises Conflict("erase_under_care")."""
    requests = Request.objects.filter(patient_id__in=ids)
    live = Booking.objects.filter(patient_id__in=ids, state__in=[str(s) for s in LIVE])
    open_states = with_state(requests).values_list("state", flat=True)  # type: ignore[misc]
    if live.exists() or set(open_states) & {str(s) for s in UNDER_CARE}:
        raise Conflict("erase_under_care")
    requests.exclude(cancel_reason="").update(cancel_reason="")
