"""Another program that books: holds and confirms through `spine.booking`, and says so once it is committed.

    python -m tests.crash.booker   reads lines "REQUEST BED BED …", prints "REQUEST"

When nobody knows what became of a transaction it looks, as everybody must who writes to a database that may fail.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from uuid import UUID

AGAIN_SECONDS = 0.2
KEEP = timedelta(hours=12)


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.crash.settings"
    django.setup()
    for line in sys.stdin:
        request_id, *beds = (UUID(word) for word in line.split())
        until_booked(request_id, beds)
        sys.stdout.write(f"{request_id}\n")
        sys.stdout.flush()


def until_booked(request_id: UUID, beds: list[UUID]) -> None:
    """Book the first bed that nobody took, or find that it is done already; a database that is away is waited for."""
    from django.db import InterfaceError, OperationalError, connection

    from yipan.kernel.errors import Conflict

    while True:
        try:
            book(request_id, beds[0])
        except Conflict:
            beds = beds[1:]
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(AGAIN_SECONDS)
        else:
            return


def book(request_id: UUID, bed_id: UUID) -> None:
    """Hold, confirm and tell the ward in one transaction, unless the request has its booking."""
    from django.db import transaction

    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.spine import booking, outbox
    from yipan.spine.models import Booking, Capacity, Request

    with transaction.atomic():
        request = Request.objects.select_for_update(no_key=True).get(pk=request_id)
        if Booking.objects.filter(request=request).exists():
            return
        place = Capacity.objects.select_related("bed__room").get(bed_id=bed_id)
        now = clock.now()
        claim = booking.Claim(place.pk, request, now, now + timedelta(days=7))
        (row,) = booking.hold(claims=[claim], by=SYSTEM, keep=KEEP)
        booking.confirm(booking_id=row.pk, by=SYSTEM)
        assert place.bed is not None
        told = {"kind": "incoming", "booking": str(row.pk), "ward": str(place.bed.room.ward_id)}
        outbox.put(topic="beds.notice", key=f"incoming:{row.pk}", payload=told)


if __name__ == "__main__":
    main()
