"""The table of contents of the examinations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.base.audit import labels
from yipan.lines.exams import joint, pages, tasks, wire, words
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.lines.exams.wire import finding
from yipan.spine.registry import Line, Periodic, register
from yipan.ui import messages, navigation

ORDERING = frozenset({Role.DOCTOR, Role.COORDINATOR, Role.INTERFACE})
CARING = frozenset({Role.DOCTOR, Role.WARD_NURSE, Role.COORDINATOR})

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
        "exams.slip": CARING | {Role.TECHNICIAN},
        "exams.close": frozenset({Role.TECHNICIAN, Role.COORDINATOR, Role.MANAGER}),
        "exams.read": frozenset({Role.READER}),
        "exams.images": frozenset({Role.DOCTOR, Role.TECHNICIAN, Role.READER}),
        "exams.match": frozenset({Role.TECHNICIAN, Role.READER}),
        "exams.result": frozenset({Role.INTERFACE, Role.READER, Role.TECHNICIAN}),
        "exams.reports": CARING | {Role.READER},
        "exams.reading_figures": frozenset({Role.READER, Role.MANAGER}),
        "exams.critical": CARING | {Role.READER, Role.TECHNICIAN},
        "exams.raise": frozenset({Role.READER, Role.TECHNICIAN, Role.INTERFACE}),
        "exams.tell": CARING | {Role.READER, Role.TECHNICIAN, Role.INTERFACE},
        "exams.acknowledge": CARING,
        "exams.act": frozenset({Role.DOCTOR}),
        "exams.results": frozenset({Role.DOCTOR, Role.WARD_NURSE, Role.TECHNICIAN, Role.READER}),
        "exams.recognise": frozenset({Role.DOCTOR}),
        "exams.recognition_figures": frozenset({Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR}),
        "exams.quality": frozenset({Role.TECHNICIAN, Role.READER, Role.MANAGER}),
        "exams.catalogue": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
        "exams.centre": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    },
    events=(
        "exam.ordered",
        "exam.scheduled",
        "exam.rescheduled",
        "exam.cancelled",
        "exam.arrived",
        "exam.begin_undone",
        "exam.performed",
        "exam.missed",
        "exam.displaced",
        "exam.collected",
        "exam.received",
        "exam.imaged",
        "study.detached",
        "exam.revised",
        "result.stored",
        "result.corrected",
        "reading.asked",
        "reading.claimed",
        "reading.taken_over",
        "reading.given_back",
        "reading.released",
        "reading.duty",
        "report.preliminary",
        "report.final",
        "report.amended",
        "critical.raised",
        "critical.corrected",
        "critical.told",
        "critical.acknowledged",
        "critical.acted",
        "critical.escalated",
        "peer.drawn",
        "peer.read",
        "peer.scored",
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
        ("active", "undo"): "confirmed",
        ("waiting", "cancel"): "cancelled",
        ("held", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
    },
    periodic=(
        Periodic("exams.extend_overruns", 30, tasks.extend_overruns),
        Periodic("exams.find_studies", 60, finding.find_studies),
        Periodic("exams.find_late_studies", 3600, finding.find_late_studies),
        Periodic("exams.give_to_readers", 5, tasks.give_to_readers),
        Periodic("exams.release_claims", 30, tasks.release_claims),
        Periodic("exams.escalate", 5, tasks.escalate),
    ),
    inbound=wire.INBOUND,
    outbound=wire.OUTBOUND,
    kinds=(DEVICE, TECHNICIAN),
    joint=joint.JOINT,
    shows=("exam-order", "exams.view"),
)

SEES = "exams.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""

PASSAGES = {
    "exams.slots": "a time is looked for, kept and given back on every device of the network, by what is planned there",
    "exams.merge": "results follow the record of their patient when two records turn out to be one person",
    "exams.recognition": "a result from anywhere in the network may make an examination of the patient needless",
    "exams.critical": "who tells a critical number without an order must know the ward and the doctor of the patient",
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
    labels.declare(words.ACTIONS, words.THINGS)
    register(LINE)
