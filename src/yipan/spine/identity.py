"""What happens to requests and bookings when two records turn out to be one person, or were not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base.access import wall
from yipan.kernel.errors import Conflict
from yipan.spine.models import Booking, Request


@wall.passage("spine.merge")
def relabel(survivor_id: UUID, retired_id: UUID) -> dict[str, Any]:
    """Move requests and bookings to the surviving record; return what was moved, for `restore`.

    Raises Conflict("merge_two_bodies") when both records lie in a bed at the same time: then they are two people.
    """
    requests = list(Request.objects.filter(patient_id=retired_id).values_list("id", flat=True))
    bookings = list(Booking.objects.filter(patient_id=retired_id).values_list("id", flat=True))
    try:
        with transaction.atomic():
            Request.objects.filter(id__in=requests).update(patient_id=survivor_id)
            Booking.objects.filter(id__in=bookings).update(patient_id=survivor_id)
    except IntegrityError as error:
        raise Conflict("merge_two_bodies") from error
    return {
        "retired": str(retired_id),
        "requests": [str(i) for i in requests],
        "bookings": [str(i) for i in bookings],
    }


@wall.passage("spine.merge")
def restore(moved: dict[str, Any]) -> None:
    """Give back exactly what `relabel` moved."""
    Request.objects.filter(id__in=moved["requests"]).update(patient_id=moved["retired"])
    Booking.objects.filter(id__in=moved["bookings"]).update(patient_id=moved["retired"])
