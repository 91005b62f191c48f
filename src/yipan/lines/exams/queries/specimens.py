"""How far the specimen of a laboratory order has come, as its events tell it."""

from __future__ import annotations

from uuid import UUID

from yipan.spine.models import Event

STEPS = ("exam.collected", "exam.received")


def steps_done(request_id: UUID) -> tuple[str, ...]:
    """The steps that were told, in their order."""
    told = set(Event.objects.filter(request_id=request_id, kind__in=STEPS).values_list("kind", flat=True))
    return tuple(step for step in STEPS if step in told)
