"""The table of contents of the clinics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.appointments import joint, pages, tasks, words
from yipan.lines.appointments.models import CLINIC
from yipan.spine.registry import Line, register
from yipan.ui import messages, navigation

DESK = frozenset({Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR})
MANAGING = frozenset({Role.MANAGER, Role.ADMINISTRATOR})

LINE = Line(
    code="appointments",
    name=_("Clinics"),
    pages=pages.PAGES,
    verbs={
        "appointments.view": EVERY_PERSON | {Role.INTERFACE},
        "appointments.book": DESK | {Role.INTERFACE},
        "appointments.receive": DESK | {Role.INTERFACE},
        "appointments.see": frozenset({Role.DOCTOR, Role.WARD_NURSE}),
        "appointments.sessions": frozenset({Role.COORDINATOR, Role.DOCTOR, Role.MANAGER}),
        "appointments.clinics": MANAGING,
        "appointments.holidays": MANAGING,
        "appointments.figures": MANAGING | {Role.COORDINATOR},
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
        "booking.no_show",
        "booking.displaced",
        "appointment.checked_in",
        "appointment.called",
        "appointment.passed",
        "appointment.proposed",
        "session.closed",
        "session.reopened",
        "clinic.described",
        "holiday.set",
        "holiday.dropped",
    ),
    transitions={
        ("waiting", "hold"): "held",
        ("held", "confirm"): "confirmed",
        ("held", "release"): "waiting",
        ("held", "expire"): "waiting",
        ("held", "displace"): "waiting",
        ("held", "check_in"): "confirmed",
        ("confirmed", "release"): "waiting",
        ("confirmed", "displace"): "waiting",
        ("confirmed", "no_show"): "waiting",
        ("confirmed", "come_in"): "active",
        ("active", "finish"): "done",
        ("waiting", "cancel"): "cancelled",
        ("held", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
    },
    kinds=(CLINIC,),
    joint=joint.JOINT,
    shows=("appointment", "appointments.view"),
)

SEES = "appointments.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""


def announce() -> None:
    """Register the line, its verbs and its handlers; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, opens=matrix.CARE if verb == SEES else "")
    matrix.declare_passage(
        "appointments.seats", "whether a seat is free is known to whoever may book it, by whom it is taken is not"
    )
    tasks.announce()
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    register(LINE)
