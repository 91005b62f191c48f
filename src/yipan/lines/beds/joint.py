"""How other lines book a bed together with their own capacities (`spine.joint`).

The words of a need are the fields of `policy.AdmissionFacts`; sex and age come from the patient's record where they are
left out. Placement ranks and judges as it does for the desk. Somebody who lies in another bed moves: that stay ends
when the new one begins, and goes on as it was when nothing comes of it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.base.network.models import Bed, Isolation, LevelOfCare
from yipan.base.patients.models import Patient
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.beds import actions, policy, words
from yipan.lines.beds.actions.placing import lock_ward, record_placement
from yipan.lines.beds.actions.requests import with_identity
from yipan.lines.beds.models import AdmissionRequest, NursingLevel, Severity
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries import proposals
from yipan.spine import booking, joint, registry
from yipan.spine.models import Request
from yipan.spine.queries import live_bookings, present


def offers(*, actor: Actor, need: joint.Need, limit: int) -> list[joint.Offer]:
    """The best beds for a need, as the desk would see them. Raises InvalidInput("form_invalid") for unknown words."""
    found = proposals.for_request(actor=actor, request=_imagined(need), limit=limit)
    beds = Bed.objects.select_related("room__ward").in_bulk([choice.bed_id for choice in found.choices])
    return [_offer(need, choice, beds[choice.bed_id]) for choice in found.choices]


def prepare(*, actor: Actor, need: joint.Need, offer: joint.Offer, parent: Request) -> joint.Prepared:
    """Ask for the bed and judge it under the ward's lock. Raises what `request_admission` and `hold_bed` raise."""
    (bed_id,) = offer.capacity_ids
    place, now = known.bed_place(bed_id), clock.now()
    actor.require("beds.place", place.path)
    request = actions.request_admission(
        actor=actor,
        patient_id=need.patient_id,
        home_department_id=need.department_id,
        facts=_facts(need),
        priority=need.priority,
        attending_id=need.attending_id,
        wanted_from=need.wanted_from,
        source=parent.line,
        parent=parent,
    )
    lock_ward(place.ward_id)
    judged = proposals.judge(request, bed_id=bed_id, start=need.wanted_from, at=now)
    begin = max(need.wanted_from, judged.choice.available_at)
    here = present(patient_id=need.patient_id)
    if here is not None:
        begin = max(begin, now + timedelta(minutes=1))
    end = policy.expected_end(begin, float(request.admission.expected_days))
    left = here.booking_id if here is not None else None
    claim = booking.Claim(capacity_id=place.capacity_id, request=request, start=begin, end=end, previous_id=left)
    return joint.Prepared(request, (claim,), lambda rows: record_placement(rows[0], request, place, judged))


def confirm(*, actor: Actor, request: Request) -> None:
    """The formalities of the bed that is held; the ward is told."""
    for row in live_bookings(request.pk):
        actions.confirm_admission(actor=actor, booking_id=row.pk)


def withdraw(*, actor: Actor, request: Request, reason: str) -> None:
    actions.cancel_request(actor=actor, request_id=request.pk, reason=reason)


def asks() -> tuple[joint.Ask, ...]:
    """What a person says about the bed that is wanted."""
    return (
        joint.Ask("severity", _("Severity"), _words(Severity), Severity.GENERAL, required=True),
        joint.Ask("nursing_level", _("Nursing level"), _words(NursingLevel), NursingLevel.LEVEL_2, required=True),
        joint.Ask("level_of_care", _("Level of care"), _words(LevelOfCare), LevelOfCare.GENERAL),
        joint.Ask("isolation", _("Isolation"), _words(Isolation), Isolation.NONE),
    )


JOINT = registry.Joint(offers=offers, prepare=prepare, confirm=confirm, withdraw=withdraw, asks=asks)


def _words(choices: type[TextChoices]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(words)) for value, words in choices.choices)


def _facts(need: joint.Need) -> policy.AdmissionFacts:
    strange = need.details.keys() - policy.AdmissionFacts.__dataclass_fields__.keys()
    if strange:
        raise InvalidInput("form_invalid", fields=dict.fromkeys(sorted(strange), "field_unknown"))
    facts = policy.AdmissionFacts(**{"origin": "referral", **need.details})
    policy.check(facts)
    return facts


def _imagined(need: joint.Need) -> Request:
    """The request that would be made, for asking placement; nothing is written."""
    home = known.department(need.department_id)
    patient = Patient.objects.filter(pk=need.patient_id).first()
    if patient is None:
        raise NotFound("patient_unknown", id=str(need.patient_id))
    now = clock.now()
    facts = with_identity(_facts(need), patient, now)
    request = Request(
        line="beds",
        patient=patient,
        site=home.site,
        home_department=home,
        priority=need.priority,
        wanted_from=need.wanted_from,
        created_at=now,
    )
    request.admission = AdmissionRequest(request=request, certificate_at=now, **asdict(facts))
    return request


def _offer(need: joint.Need, choice: proposals.Choice, bed: Bed) -> joint.Offer:
    stay = timedelta(days=float(_facts(need).expected_days))
    begin = max(need.wanted_from, choice.available_at)
    return joint.Offer(
        line="beds",
        capacity_ids=(choice.bed_id,),
        start=begin,
        end=begin + stay,
        site_id=bed.room.ward.site_id,
        place=f"{bed.room.ward.label} {bed.label}",
        reasons=tuple(words.reason(told.as_data()) for told in choice.reasons),
        data={"tier": choice.tier},
    )
