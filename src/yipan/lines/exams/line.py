"""The table of contents of the examinations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.exams import joint, pages, tasks, wire, words
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.spine.registry import Line, Periodic, register
from yipan.ui import messages, navigation

ORDERING = frozenset({Role.DOCTOR, Role.COORDINATOR, Role.INTERFACE})

LINE = Line(
    code="exams",
    name=_("Examinations"),
    pages=pages.PAGES,
    verbs={
        "exams.view": EVERY_PERSON | {Role.INTERFACE},
        "exams.order": ORDERING,
        "exams.schedule": ORDERING | {Role.TECHNICIAN},
        "exams.perform": frozenset({Role.TECHNICIAN, Role.INTERFACE}),
        "exams.collect": frozenset({Role.WARD_NURSE, Role.DOCTOR, Role.TECHNICIAN, Role.INTERFACE}),
        "exams.close": frozenset({Role.TECHNICIAN, Role.COORDINATOR, Role.MANAGER}),
        "exams.read": frozenset({Role.READER}),
        "exams.result": frozenset({Role.INTERFACE, Role.READER, Role.TECHNICIAN}),
        "exams.results": frozenset({Role.DOCTOR, Role.WARD_NURSE, Role.TECHNICIAN, Role.READER}),
        "exams.recognise": frozenset({Role.DOCTOR}),
        "exams.recognition_figures": frozenset({Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR}),
        "exams.quality": frozenset({Role.TECHNICIAN, Role.READER, Role.MANAGER}),
        "exams.catalogue": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    },
    events=(
        "exam.ordered",
        "exam.scheduled",
        "exam.rescheduled",
        "exam.cancelled",
        "exam.arrived",
        "exam.performed",
        "exam.missed",
        "exam.displaced",
        "exam.collected",
        "exam.received",
        "exam.revised",
        "result.stored",
        "result.corrected",
        "result.recognised",
        "result.refused",
    ),
    transitions={
        ("waiting", "schedule"): "confirmed",
        ("confirmed", "schedule"): "confirmed",
        ("held", "confirm"): "confirmed",
        ("held", "expire"): "waiting",
        ("confirmed", "begin"): "active",
        ("confirmed", "miss"): "waiting",
        ("confirmed", "displace"): "waiting",
        ("active", "finish"): "done",
        ("waiting", "cancel"): "cancelled",
        ("held", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
    },
    periodic=(Periodic("exams.extend_overruns", 30, tasks.extend_overruns),),
    inbound=wire.INBOUND,
    outbound=wire.OUTBOUND,
    kinds=(DEVICE, TECHNICIAN),
    joint=joint.JOINT,
)

SEES = "exams.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""

PASSAGES = {
    "exams.slots": "a time is looked for, kept and given back on every device of the network, by what is planned there",
    "exams.merge": "results follow the record of their patient when two records turn out to be one person",
    "exams.recognition": "a result from anywhere in the network may make an examination of the patient needless",
    "exams.repetitions": "the same examination is not ordered twice, wherever the first one was ordered",
}
"""Where the line works on rows of the whole network, and why."""


def announce() -> None:
    """Register the line, its verbs, passages and sentences; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, opens=matrix.CARE if verb == SEES else "")
    for name, why in PASSAGES.items():
        matrix.declare_passage(name, why)
    tasks.announce()
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    register(LINE)
