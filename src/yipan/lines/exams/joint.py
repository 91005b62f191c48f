"""How other lines book an examination together with their own capacities (`spine.joint`).

The words of a need: `item` (the code of the catalogue), `goal` (soonest, nearest, balanced), `at` (code of the only
site that is meant), `from` (code of the site that the patient comes from), `reason`, `repeated` (the same examination a
short time ago is known of).
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions, policy, words
from yipan.lines.exams.actions.scheduling import claims_for, tell_time
from yipan.lines.exams.models import Device, ExamItem
from yipan.lines.exams.policy.slots import Goal
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries import slots
from yipan.spine import booking, joint, registry
from yipan.spine.models import Request
from yipan.spine.queries import live_bookings

WORDS = frozenset({"item", "goal", "at", "from", "reason", "repeated"})


def offers(*, actor: Actor, need: joint.Need, limit: int) -> list[joint.Offer]:
    """The best times for a need. Raises InvalidInput("form_invalid") for unknown words, Refused."""
    item, wish = _wish(need)
    if not policy.needs_slot(item.category):
        raise InvalidInput("exam_needs_no_slot")
    found = slots.offers(actor=actor, wish=wish, limit=limit)
    return [_offer(offer) for offer in found.offers]


def prepare(*, actor: Actor, need: joint.Need, offer: joint.Offer, parent: Request) -> joint.Prepared:
    """Order the item and claim the offered time, asked again under the locks of its places."""
    item, wish = _wish(need)
    device_id = offer.capacity_ids[0]
    device = known.device(device_id)
    request = actions.order_exam(
        actor=actor,
        patient_id=need.patient_id,
        item_id=item.pk,
        department_id=need.department_id,
        priority=need.priority,
        reason=str(need.details.get("reason", "")),
        attending_id=need.attending_id,
        wanted_from=need.wanted_from,
        source=parent.line,
        parent=parent,
        repeated=bool(need.details.get("repeated")),
    )
    booking.lock_places([device_id, *known.staff_ids(item.pk, device.capacity.site_id)])
    claims = claims_for(request, device_id, offer.start, wish=wish)
    return joint.Prepared(request, tuple(claims))


def confirm(*, actor: Actor, request: Request) -> None:
    """Make the held device and technician firm."""
    for row in live_bookings(request.pk):
        booking.confirm(booking_id=row.pk, by=actor)
    kept = known.scheduled(request.pk)
    tell_time(actor, "exam.scheduled", request, kept.device, kept.site_id)


def withdraw(*, actor: Actor, request: Request, reason: str) -> None:
    actions.cancel_exam(actor=actor, request_id=request.pk, reason=reason)


def asks() -> tuple[joint.Ask, ...]:
    """What a person says about the examination that is wanted."""
    items = [item for item in ExamItem.objects.filter(in_use=True) if policy.needs_slot(item.category)]
    return (joint.Ask("item", _("Examination"), tuple((item.code, item.label) for item in items), required=True),)


JOINT = registry.Joint(offers=offers, prepare=prepare, confirm=confirm, withdraw=withdraw, asks=asks)


def _wish(need: joint.Need) -> tuple[ExamItem, slots.Wish]:
    """Raises InvalidInput("form_invalid") naming each wrong word."""
    wrong = dict.fromkeys(sorted(need.details.keys() - WORDS), "field_unknown")
    item = ExamItem.objects.filter(code=need.details.get("item", ""), in_use=True).first()
    goal = need.details.get("goal", Goal.SOONEST)
    at, origin = (_site(need.details.get(name)) for name in ("at", "from"))
    if item is None:
        wrong["item"] = "exam_item_unknown"
    if goal not in set(Goal):
        wrong["goal"] = "choice_unknown"
    wrong |= {n: "site_unknown" for n, s in (("at", at), ("from", origin)) if need.details.get(n) and s is None}
    if wrong or item is None:
        raise InvalidInput("form_invalid", fields=wrong)
    home = known.department(need.department_id)
    now = clock.now()
    wish = slots.Wish(
        item=item,
        patient_id=need.patient_id,
        home_site_id=home.site_id,
        ordered_at=now,
        not_before=max(need.wanted_from, now),
        until=need.until,
        goal=Goal(goal),
        at_site_id=at,
        from_site_id=origin,
    )
    return item, wish


def _site(code: object) -> UUID | None:
    return Site.objects.filter(code=str(code)).values_list("pk", flat=True).first() if code else None


def _offer(offer: slots.Offer) -> joint.Offer:
    device = offer.device
    return joint.Offer(
        line="exams",
        capacity_ids=(device.pk, *([offer.technician.pk] if offer.technician else [])),
        start=offer.start,
        end=offer.end,
        site_id=device.capacity.site_id,
        place=_place(device),
        reasons=tuple(words.reason(told) for told in offer.reasons),
        data={"travel": offer.travel},
    )


def _place(device: Device) -> str:
    return f"{device.capacity.site.label} {device.label}"
