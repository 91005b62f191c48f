"""The table of contents of the ambulances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.dispatch import joint, pages, tasks, words
from yipan.lines.dispatch.models import AMBULANCE
from yipan.spine.registry import Line, Periodic, register
from yipan.ui import messages, navigation

BOARD = frozenset({Role.DISPATCHER, Role.COORDINATOR})

LINE = Line(
    code="dispatch",
    name=_("Ambulances"),
    pages=pages.PAGES,
    verbs={
        "dispatch.view": EVERY_PERSON | {Role.INTERFACE},
        "dispatch.request": BOARD | {Role.DOCTOR, Role.WARD_NURSE, Role.INTERFACE},
        "dispatch.assign": BOARD,
        "dispatch.drive": frozenset({Role.DISPATCHER, Role.DOCTOR, Role.WARD_NURSE}),
        "dispatch.fleet": frozenset({Role.DISPATCHER, Role.MANAGER, Role.ADMINISTRATOR}),
    },
    events=(
        "request.created",
        "request.cancelled",
        "booking.held",
        "booking.confirmed",
        "booking.arrived",
        "booking.departed",
        "booking.released",
        "booking.expired",
        "booking.displaced",
        "booking.postponed",
        "booking.overran",
        "turnover.started",
        "turnover.finished",
        "transport.expected",
        "transport.alerted",
        "transport.with_patient",
        "transport.under_way",
        "transport.step_back",
        "transport.handed_over",
        "transport.lost",
        "vehicle.described",
    ),
    transitions={
        ("waiting", "assign"): "held",
        ("held", "confirm"): "confirmed",
        ("held", "release"): "waiting",
        ("held", "expire"): "waiting",
        ("confirmed", "release"): "waiting",
        ("confirmed", "displace"): "waiting",
        ("held", "displace"): "waiting",
        ("confirmed", "on_the_way"): "active",
        ("active", "hand_over"): "done",
        ("waiting", "cancel"): "cancelled",
        ("held", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
    },
    periodic=(
        Periodic("dispatch.extend_overruns", 30, tasks.extend_overruns),
        Periodic("dispatch.end_returns", 30, tasks.end_returns),
    ),
    kinds=(AMBULANCE,),
    joint=joint.JOINT,
    shows=("transport", "dispatch.view"),
)

SEES = "dispatch.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""


def announce() -> None:
    """Register the line, its verbs and its handlers; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, opens=matrix.CARE if verb == SEES else "")
    matrix.declare_passage("dispatch.trips", "whether a vehicle or a patient is free is asked across the network")
    tasks.announce()
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    register(LINE)
