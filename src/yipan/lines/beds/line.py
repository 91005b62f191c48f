"""The table of contents of the bed pool."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.beds import joint, pages, tasks, wire, words
from yipan.lines.beds.pages import find
from yipan.lines.beds.queries import lying
from yipan.spine import booking
from yipan.spine.registry import Line, Periodic, register
from yipan.ui import messages, navigation, search

DESK = frozenset({Role.COORDINATOR})
WARD = frozenset({Role.WARD_NURSE, Role.COORDINATOR})

LINE = Line(
    code="beds",
    name=_("Beds"),
    pages=pages.PAGES,
    verbs={
        "beds.view": EVERY_PERSON | {Role.INTERFACE},
        "beds.request": frozenset({Role.COORDINATOR, Role.DOCTOR, Role.WARD_NURSE, Role.INTERFACE}),
        "beds.place": DESK | {Role.INTERFACE},
        "beds.receive": WARD | {Role.INTERFACE},
        "beds.discharge": WARD | {Role.DOCTOR, Role.INTERFACE},
        "beds.close": frozenset({Role.COORDINATOR, Role.MANAGER, Role.INTERFACE}),
        "beds.calls": WARD,
        "beds.rounds": frozenset({Role.DOCTOR, Role.COORDINATOR, Role.MANAGER}),
        "beds.figures": frozenset({Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR}),
    },
    events=(
        "request.created",
        "request.revised",
        "request.cancelled",
        "booking.held",
        "booking.confirmed",
        "booking.arrived",
        "booking.moved",
        "booking.swapped",
        "booking.departed",
        "booking.released",
        "booking.expired",
        "booking.no_show",
        "booking.displaced",
        "booking.postponed",
        "booking.end_announced",
        "booking.end_withdrawn",
        "booking.overran",
        "booking.arrival_undone",
        "booking.departure_undone",
        "turnover.started",
        "turnover.finished",
        "turnover.overran",
        "closure.started",
        "closure.planned",
        "closure.ended",
        "bed.ready",
        "stay.away",
        "stay.back",
        "stay.transfer_planned",
        "stay.transfer_dropped",
        "notice.made",
        "notice.seen",
        "call.done",
        "call.tried",
    ),
    transitions={
        ("waiting", "hold"): "held",
        ("held", "confirm"): "confirmed",
        ("held", "release"): "waiting",
        ("held", "expire"): "waiting",
        ("confirmed", "arrive"): "active",
        ("confirmed", "release"): "waiting",
        ("confirmed", "no_show"): "waiting",
        ("confirmed", "displace"): "waiting",
        ("held", "displace"): "waiting",
        ("held", "arrive"): "active",
        ("active", "transfer"): "active",
        ("active", "depart"): "done",
        ("waiting", "cancel"): "cancelled",
        ("held", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
    },
    periodic=(
        Periodic("beds.expire_holds", 5, booking.expire_due),
        Periodic("beds.extend_overruns", 30, tasks.extend_overruns),
        Periodic("beds.end_closures", 30, booking.end_due_closures),
    ),
    kinds=("bed",),
    joint=joint.JOINT,
    shows=("desk", "beds.request"),
    stays=lying.stays,
    inbound=wire.INBOUND,
    foresee=wire.foresee,
)

BY_WARD = frozenset({"beds.receive", "beds.discharge"})
"""Verbs that a grant for one ward allows in that ward only."""

SEES = "beds.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""


def announce() -> None:
    """Register the line, its verbs and its handlers; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, by_ward=verb in BY_WARD, opens=matrix.CARE if verb == SEES else "")
    matrix.declare_passage("beds.placement", "a bed is ranked among all beds of the network, by who lies beside it")
    tasks.announce()
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    search.register(find.places)
    register(LINE)
