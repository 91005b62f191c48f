"""The demo: an invented city hospital and county with people in the beds, so that a newcomer can try everything."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from yipan.server.demo.accounts import logins

Progress = Callable[..., None]

__all__ = ["ensure_loaded", "logins", "people"]


def ensure_loaded(progress: Progress) -> bool:
    """Load the demo network, its people and accounts into an empty database; False when a network is there already.

    `progress(text, done, total)` is called on the way. All or nothing: a load that was interrupted begins anew.
    """
    from django.db import transaction
    from django.utils.translation import gettext as _

    from yipan.base.access import SYSTEM
    from yipan.base.network.importing import import_network
    from yipan.base.network.models import Organisation
    from yipan.server.demo import (
        accounts,
        calls,
        clinics,
        exams,
        filling,
        history,
        reading,
        referrals,
        results,
        vehicles,
        waiting,
        wire,
    )
    from yipan.server.demo.network import build
    from yipan.server.models import DemoPace

    if Organisation.objects.exists():
        return False
    words = {
        "people": _("People of the demo"),
        "stays": _("Stays of the last days"),
        "rooms": _("Rooms of the demo"),
    }

    def tell(step: str, done: int = 0, total: int | None = None) -> None:
        progress(words.get(step, step), done, total)

    with _everything_kept(), transaction.atomic():
        progress(_("Wards, rooms and beds of the demo"), 0, None)
        import_network(build(), actor=SYSTEM)
        filling.fill(tell)
        progress(_("Examinations of the demo"), 0, None)
        exams.furnish()
        accounts.create()
        exams.fill()
        progress(_("Waiting patients of the demo"), 0, None)
        calls.plan()
        waiting.invite()
        progress(_("Clinics and ambulances of the demo"), 0, None)
        clinics.open_doors()
        vehicles.park()
        progress(_("Referrals of the demo"), 0, None)
        referrals.fill()
        wire.introduce()
        reading.fill()
        results.fill()
        progress(_("History of the demo's wards"), 0, None)
        history.remember()
        DemoPace.objects.get_or_create(id=1)
    return True


@contextmanager
def _everything_kept() -> Iterator[None]:
    """Look for garbage seldom: nearly all that is made is kept to the end, and looking took a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def people(progress: Progress, occupancy: str) -> int:
    """Invented people for a network that was imported, its departments as full as an occupancy file says.

    The file is what `yipan network import --adapter … --occupancy FILE` writes. Raises Conflict("people_there") when
    somebody lies in a bed already.
    """
    import csv

    from yipan.kernel.errors import Conflict
    from yipan.server.demo import filling, wire
    from yipan.spine.models import Booking

    if Booking.objects.exists():
        raise Conflict("people_there")
    with Path(occupancy).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    full = {r["department"]: float(r["average_occupied_beds"]) / (float(r["beds"]) or 1.0) for r in rows}
    written = filling.fill(progress, full={code: min(share, 1.0) for code, share in full.items()})
    wire.introduce()
    return written
