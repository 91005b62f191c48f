"""Giving examinations to a reading centre, and who reads which."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base.access import SYSTEM, Actor
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import ExamOrder, Reader, Reading, ReadingCentre, ReadingClaim
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import reading as known
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State

READ = known.READ
SWEEP = timedelta(days=2)
"""How far back examinations are looked for that nobody gave to a centre."""
LONGEST_DUTY = timedelta(hours=24)


def ask_for_reading(*, actor: Actor, order_id: UUID) -> Reading | None:
    """Give a performed examination to the centre that reads it, with its deadline; once, however often it is asked.

    None for what nobody reads (the laboratory). Raises NotFound("exam_order_unknown"), Conflict("order_not_performed"),
    Refused.
    """
    order = ExamOrder.objects.select_related("item", "request__site__organisation").filter(pk=order_id).first()
    if order is None:
        raise NotFound("exam_order_unknown")
    request = order.request
    actor.require("exams.perform", request.site.organisation.path)
    if order.item.category not in policy.READ:
        return None
    there = Reading.objects.filter(pk=order_id).first()
    if there is not None:
        return there
    done = Booking.objects.filter(request_id=order_id, purpose=Purpose.CARE, state=State.DONE).order_by("-period")
    performed = done.first()
    if performed is None:
        raise Conflict("order_not_performed")
    centre = known.centre_for(request.site, order.item.category) or _own_centre(request.site)
    urgency = policy.urgency_of(request.priority, inpatient=order.inpatient)
    due_at = policy.due(policy.read(centre.policy), order.item.category, urgency, performed.end)
    with transaction.atomic():
        row, is_new = Reading.objects.get_or_create(
            order=order,
            defaults={"centre": centre, "urgency": urgency, "performed_at": performed.end, "due_at": due_at},
        )
        if is_new:
            tell(actor, "reading.asked", request, centre=centre.code)
    return row


def claim(*, actor: Actor, order_id: UUID) -> ReadingClaim:
    """Take a reading in hand. What one holds already stays held, with a fresh sign of life.

    Raises Refused, NotFound, Conflict("reader_unknown"), Conflict("reading_done"), Conflict("reading_taken") with who
    has it, Conflict("reading_specialty") where the reader does not read this sub-specialty and it is no emergency, and
    Conflict("reading_many") when the reader holds as many as the centre allows.
    """
    row = known.reading_of(actor, order_id)
    me = known.own_reader(actor, row.centre_id)
    now = clock.now()
    with transaction.atomic():
        _open(row)
        held = _claim_of(row)
        if held is not None:
            if held.reader_id != me.pk:
                raise Conflict("reading_taken", by=held.reader.label)
            held.seen_at = now
            held.save(update_fields=["seen_at"])
            return held
        _fit(row, me)
        return _take(actor, row, me, now, "reading.claimed")


def take_over(*, actor: Actor, order_id: UUID, reason: str) -> ReadingClaim:
    """Take a reading from the colleague who has it. Errors as of `claim`; InvalidInput("reason_missing")."""
    row = known.reading_of(actor, order_id)
    me = known.own_reader(actor, row.centre_id)
    why = given(reason)
    with transaction.atomic():
        _open(row)
        held = _claim_of(row)
        if held is None or held.reader_id == me.pk:
            raise Conflict("reading_free")
        _fit(row, me)
        before = held.reader_id
        held.delete()
        return _take(actor, row, me, clock.now(), "reading.taken_over", reason=why, before=str(before))


def give_back(*, actor: Actor, order_id: UUID) -> None:
    """Put a reading back on the worklist. Raises Refused, NotFound, Conflict("reading_not_yours")."""
    row = known.reading_of(actor, order_id)
    me = known.own_reader(actor, row.centre_id)
    with transaction.atomic():
        _open(row)
        held = _claim_of(row)
        if held is None or held.reader_id != me.pk:
            raise Conflict("reading_not_yours")
        held.delete()
        tell(actor, "reading.given_back", row.order.request, reader=str(me.pk))


def set_duty(*, actor: Actor, centre_id: UUID, hours: int) -> Reader:
    """Go on duty at a centre for so many hours, or off duty with 0.

    Raises Refused, NotFound("centre_unknown"), Conflict("reader_unknown"), InvalidInput("duty_hours").
    """
    centre = known.centres(actor).filter(pk=centre_id).first()
    if centre is None:
        actor.require(READ)
        raise NotFound("centre_unknown")
    if not 0 <= hours <= LONGEST_DUTY // timedelta(hours=1):
        raise InvalidInput("duty_hours")
    with transaction.atomic():
        me = known.own_reader(actor, centre_id)
        me.duty_until = clock.now() + timedelta(hours=hours) if hours else None
        me.save(update_fields=["duty_until"])
        happening = Happening("reading.duty", "exams", site_id=centre.site_id, data={"hours": hours})
        record(actor, [happening])
    return me


def gather() -> int:
    """Every few seconds: give to a centre what was performed and was not given yet; how many."""
    now = clock.now()
    rows = (
        Booking.objects.filter(
            purpose=Purpose.CARE,
            state=State.DONE,
            period__overlap=(now - SWEEP, now),
            request__exam_order__item__category__in=policy.READ,
            request__exam_order__reading=None,
            request__cancelled_at=None,
        )
        .order_by("period")
        .values_list("request_id", flat=True)
    )
    found = list(dict.fromkeys(rows[:500]))
    for order_id in found:
        ask_for_reading(actor=SYSTEM, order_id=order_id)
    return len(found)


def release_gone() -> int:
    """Every half minute: what a reader claimed and gave no sign of for too long waits for everybody again; how many."""
    released = 0
    for centre in ReadingCentre.objects.all():
        last = clock.now() - timedelta(minutes=policy.read(centre.policy).keep_minutes)
        gone = ReadingClaim.objects.filter(reading__centre=centre, seen_at__lt=last).values_list("pk", flat=True)
        released += sum(_release(order_id, last) for order_id in list(gone))
    return released


def given(reason: str) -> str:
    """A reason that somebody must give. Raises InvalidInput("reason_missing")."""
    text = reason.strip()[:300]
    if not text:
        raise InvalidInput("reason_missing")
    return text


def _open(row: Reading) -> None:
    """Lock a reading that is not signed yet. Raises Conflict("reading_done")."""
    if not Reading.objects.select_for_update().filter(pk=row.pk, done_at=None).exists():
        raise Conflict("reading_done")


def _claim_of(row: Reading) -> ReadingClaim | None:
    return ReadingClaim.objects.select_related("reader__practitioner").filter(pk=row.pk).first()


def _fit(row: Reading, me: Reader) -> None:
    rules = policy.read(row.centre.policy)
    is_emergency = row.urgency == policy.Urgency.EMERGENCY
    if not is_emergency and not policy.fits(row.order.item.specialty, me.specialties):
        raise Conflict("reading_specialty", specialty=row.order.item.specialty)
    if not is_emergency and ReadingClaim.objects.filter(reader=me).count() >= rules.most_claims:
        raise Conflict("reading_many", n=rules.most_claims)


def _take(actor: Actor, row: Reading, me: Reader, now: datetime, kind: str, **data: Any) -> ReadingClaim:
    try:
        with transaction.atomic():
            made = ReadingClaim.objects.create(reading=row, reader=me, claimed_at=now, seen_at=now)
    except IntegrityError:
        held = _claim_of(row)
        raise Conflict("reading_taken", by=held.reader.label if held else "") from None
    tell(actor, kind, row.order.request, reader=str(me.pk), **data)
    return made


def _release(order_id: UUID, last: datetime) -> bool:
    with transaction.atomic():
        held = (
            ReadingClaim.objects.select_for_update(of=("self",))
            .select_related("reading__order__request")
            .filter(pk=order_id, seen_at__lt=last)
            .first()
        )
        if held is None:
            return False
        tell(SYSTEM, "reading.released", held.reading.order.request, reader=str(held.reader_id))
        held.delete()
    return True


def _own_centre(site: Site) -> ReadingCentre:
    """The centre of a hospital that nobody else reads for, made when it is first needed."""
    names = {"name": site.name, "name_en": site.name_en, "site": site}
    return ReadingCentre.objects.get_or_create(code=site.code, defaults=names)[0]
