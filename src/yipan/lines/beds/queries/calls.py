"""Day-3 calls: who is to be called, who was."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from yipan.base.access import Actor
from yipan.base.network.queries import below
from yipan.lines.beds.models import FollowUpCall
from yipan.spine.states import State

RECENT = timedelta(days=14)


def calls(actor: Actor) -> QuerySet[FollowUpCall]:
    """Calls to patients in beds where the actor makes them (`beds.calls`)."""
    where = below(actor.paths("beds.calls"), "booking__capacity__site__organisation__path")
    stayed = Q(booking__state__in=[State.ACTIVE, State.DONE])  # not of an arrival that was taken back
    return FollowUpCall.objects.filter(where, stayed).select_related(
        "booking__patient",
        "booking__request__home_department",
        "booking__request__attending",
        "booking__capacity__bed__room__ward__site",
        "booking__capacity__bed__department",
    )


def due(actor: Actor, today: date) -> QuerySet[FollowUpCall]:
    """Open calls that are due, the oldest first."""
    return calls(actor).filter(done_at=None, due_on__lte=today).order_by("due_on", "id")


def later(actor: Actor, today: date) -> QuerySet[FollowUpCall]:
    """Open calls of the days to come."""
    return calls(actor).filter(done_at=None, due_on__gt=today).order_by("due_on", "id")


def done(actor: Actor, today: date) -> QuerySet[FollowUpCall]:
    """Calls made in the last fortnight, newest first."""
    return calls(actor).filter(done_at__isnull=False, due_on__gte=today - RECENT).order_by("-done_at")
