"""How other lines book a seat of a clinic together with their own capacities (`spine.joint`).

The words of a need are `specialty` (a code) or `clinic` (a code), and, where wished, `by` (one of `policy.RANKS`) and
`reason`. Seats kept for referrals are open to whoever books this way.
"""

from __future__ import annotations

from yipan.base.access import Actor
from yipan.base.network.models import Specialty
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.appointments import policy, words
from yipan.lines.appointments.actions.requests import withdraw as withdraw_request
from yipan.lines.appointments.actions.requests import write_request
from yipan.lines.appointments.actions.seats import claim, confirm_seat, judged, settle_registration
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.proposals import Proposal, proposals
from yipan.spine import joint, registry
from yipan.spine.models import Request
from yipan.spine.queries import live_bookings

KNOWN = frozenset({"specialty", "clinic", "by", "reason"})


def offers(*, actor: Actor, need: joint.Need, limit: int) -> list[joint.Offer]:
    """Free seats for a need, best first. Raises InvalidInput("form_invalid") for unknown words."""
    clinic, specialty = _wanted(need)
    found = proposals(
        specialty=specialty,
        clinic_id=clinic.pk if clinic else None,
        patient_id=need.patient_id,
        near=facts.department(need.department_id).site,
        wanted_from=need.wanted_from,
        until=need.until,
        by=need.details.get("by", "earliest"),
        is_referral=True,
        limit=limit,
    )
    return [_offer(proposal) for proposal in found]


def prepare(*, actor: Actor, need: joint.Need, offer: joint.Offer, parent: Request) -> joint.Prepared:
    """Ask for the seat and judge it under the clinic's lock. Raises what `request_appointment`, `hold_seat` raise."""
    (clinic_id,) = offer.capacity_ids
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.book", facts.path_of(clinic))
    wish, specialty = _wanted(need)
    home = facts.department(need.department_id)
    seat = judged(clinic, offer.start, is_referral=True, now=clock.now())
    request = Request(
        site=home.site,
        home_department=home,
        attending_id=need.attending_id or clinic.practitioner_id,
        priority=need.priority,
        source=parent.line,
        parent=parent,
        wanted_from=need.wanted_from,
    )
    reason = str(need.details.get("reason", ""))
    write_request(actor, request, need.patient_id, specialty, wish=wish, reason=reason)
    return joint.Prepared(
        request, (claim(clinic, request, seat),), lambda rows: settle_registration(request, clinic, seat)
    )


def confirm(*, actor: Actor, request: Request) -> None:
    """Make the seat that is held firm."""
    for row in live_bookings(request.pk):
        confirm_seat(actor=actor, booking_id=row.pk)


def withdraw(*, actor: Actor, request: Request, reason: str) -> None:
    """Give the seat back. The right counts where the seat is, or where the request was made when there is none."""
    row = live_bookings(request.pk).first()
    path = facts.path_of(facts.clinic(row.capacity_id)) if row is not None else request.site.organisation.path
    actor.require("appointments.book", path)
    withdraw_request(actor, request, reason)


JOINT = registry.Joint(offers=offers, prepare=prepare, confirm=confirm, withdraw=withdraw)


def _wanted(need: joint.Need) -> tuple[Clinic | None, str]:
    """The clinic that it has to be, if any, and the specialty."""
    strange = need.details.keys() - KNOWN
    wrong = dict.fromkeys(sorted(strange), "field_unknown")
    code, specialty = str(need.details.get("clinic", "")), str(need.details.get("specialty", ""))
    clinic = facts.clinics().filter(code=code).first() if code else None
    if code and clinic is None:
        wrong["clinic"] = "clinic_unknown"
    if not code and not Specialty.objects.filter(pk=specialty).exists():
        wrong["specialty"] = "choice_unknown"
    if need.details.get("by", "earliest") not in policy.RANKS:
        wrong["by"] = "choice_unknown"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    return clinic, clinic.department.specialty_id if clinic else specialty


def _offer(found: Proposal) -> joint.Offer:
    clinic = found.clinic
    return joint.Offer(
        line=facts.LINE,
        capacity_ids=(clinic.pk,),
        start=found.seat.start,
        end=found.seat.end,
        site_id=clinic.capacity.site_id,
        place=f"{clinic.label} · {clinic.practitioner.label}",
        reasons=words.reasons(found),
        data={"clinic": clinic.code, "number": found.seat.number},
    )
