"""The table of contents of the examinations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.exams import pages, words
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.spine.registry import Line, register
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
        "exams.read": frozenset({Role.READER}),
        "exams.catalogue": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    },
    events=("exam.ordered",),
    kinds=(DEVICE, TECHNICIAN),
)

SEES = "exams.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""

PASSAGES = {
    "exams.repetitions": "the same examination is not ordered twice, wherever the first one was ordered",
}
"""Where the line works on rows of the whole network, and why."""


def announce() -> None:
    """Register the line, its verbs, passages and sentences; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, opens=matrix.CARE if verb == SEES else "")
    for name, why in PASSAGES.items():
        matrix.declare_passage(name, why)
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    register(LINE)
