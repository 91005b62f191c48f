"""Whose a critical value is, who is told and who answers: from its order; without one from where the patient lies, else
whoever told the number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from psycopg.types.range import TimestamptzRange

from yipan.base.access import Actor, scope, wall
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Bed, Department, Organisation, Site
from yipan.base.patients.models import Patient
from yipan.lines.exams.models import CriticalValue, ExamOrder
from yipan.spine.models import Booking
from yipan.spine.states import State

HOME, HOST = "request__site__organisation__path", "capacity__site__organisation__path"


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient of a value, where they are cared for, and the paths of the organisations that have a say.

    `tells`: where it may be written down who was told; `answers`: where it is acknowledged and acted on. `teller` is
    who told a number without an order, `bed` where the patient of one lies.
    """

    patient: Patient
    site: Site | None
    department: Department | None
    attending: Practitioner | None
    tells: tuple[str, ...]
    answers: tuple[str, ...]
    teller: Organisation | None = None
    bed: Bed | None = None

    def may(self, actor: Actor, verb: str, *, telling: bool = False) -> bool:
        """Whether one of the organisations that have a say lets the actor do it."""
        return any(actor.may(verb, path) for path in (self.tells if telling else self.answers))

    def require(self, actor: Actor, verb: str, *, telling: bool = False) -> None:
        """Raises Refused unless `may`."""
        if not self.may(actor, verb, telling=telling):
            actor.require(verb, self.answers[0])


def whose(values: Iterable[CriticalValue], at: datetime) -> dict[UUID, Whose]:
    """Value → whose it is. Two queries more where some have no order. The caller has checked who may see the values."""
    listed = list(values)
    loose = [value for value in listed if value.order_id is None]
    told = _loose(loose, at) if loose else {}
    return told | {value.pk: of_order(value.order) for value in listed if value.order is not None}


def of_order(order: ExamOrder) -> Whose:
    """What `whose` says of every value of an order; its centre tells too."""
    request, reading = order.request, getattr(order, "reading", None)
    here = request.site.organisation.path
    there = (reading.centre.site.organisation.path,) if reading is not None else ()
    return Whose(
        request.patient, request.site, request.home_department, request.attending, tells=(here, *there), answers=(here,)
    )


def lying(actor: Actor, verb: str) -> Q:
    """The condition that the patient of a value without an order lies, or lay when it was raised, where the actor has
    the verb."""
    here = scope(actor, verb, HOME) | scope(actor, verb, HOST)
    then = Q(state=State.ACTIVE) | Q(state=State.DONE, period__contains=OuterRef("raised_at"))
    return Q(Exists(_beds().filter(then, here, patient=OuterRef("patient"))), order=None)


@wall.passage("exams.critical")
def site_of(value: CriticalValue, at: datetime) -> UUID | None:
    """The site of a value without an order: where the patient lies, else where the number was made."""
    stay = _stay(value, _stays([value], at).get(value.patient_id, ()), at)
    return stay.capacity.site_id if stay is not None else value.site_id


@wall.passage("exams.critical")
def _loose(values: Sequence[CriticalValue], at: datetime) -> dict[UUID, Whose]:
    people = Patient.objects.in_bulk([value.patient_id for value in values if value.patient_id is not None])
    stays = _stays(values, at)
    return {v.pk: _of_patient(v, people, _stay(v, stays.get(v.patient_id, ()), at)) for v in values}


def _stays(values: Sequence[CriticalValue], at: datetime) -> dict[UUID | None, list[Booking]]:
    """Patient → beds since the first value was raised, the latest first."""
    since = min(value.raised_at for value in values)
    lasting = Q(state=State.ACTIVE) | Q(state=State.DONE, period__overlap=TimestamptzRange(since, at, "[]"))
    joined = ("request__site__organisation", "request__home_department", "request__attending")
    rows = _beds().filter(lasting, patient__in={value.patient_id for value in values})
    rows = rows.select_related(*joined, "capacity__site__organisation", "capacity__bed__room__ward")
    by: dict[UUID | None, list[Booking]] = {}
    for row in rows.order_by("-period"):
        by.setdefault(row.patient_id, []).append(row)
    return by


def _beds() -> QuerySet[Booking]:
    return Booking.objects.filter(body=True, capacity__bed__isnull=False)


def _stay(value: CriticalValue, stays: Sequence[Booking], at: datetime) -> Booking | None:
    """Where the patient lies; for a closed loop, lay when it was closed; else lay when it was raised."""
    for instant in (value.acted_at or at, value.raised_at):
        for stay in stays:  # the latest first
            if stay.start <= instant and (stay.state == State.ACTIVE or instant < stay.end):
                return stay
    return None


def _of_patient(value: CriticalValue, people: dict[UUID, Patient], stay: Booking | None) -> Whose:
    teller = value.organisation
    assert teller is not None, "a value without an order says who told it"
    assert value.patient_id is not None, "and whose it is"
    if stay is None or stay.request is None:
        return Whose(people[value.patient_id], value.site, None, None, (teller.path,), (teller.path,), teller)
    request, site = stay.request, stay.capacity.site
    answers = tuple(dict.fromkeys((request.site.organisation.path, site.organisation.path)))
    return Whose(
        people[value.patient_id],
        site,
        request.home_department,
        request.attending,
        tells=(*answers, teller.path),
        answers=answers,
        teller=teller,
        bed=stay.capacity.bed,
    )
