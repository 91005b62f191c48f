"""The sender's verbs: write a referral, send it, take it back, set out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from yipan.base.access import Actor
from yipan.base.network.models import Department
from yipan.base.patients.identities import locked as locked_patient
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.referrals import policy
from yipan.lines.referrals.actions import reserving, stepping
from yipan.lines.referrals.models import Agreement, Referral
from yipan.lines.referrals.policy import Facts, State, Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import joint
from yipan.spine.models import Request
from yipan.ui.filters import zone_of

MOST_NEEDS = 8


def draft_referral(
    *,
    actor: Actor,
    patient_id: UUID,
    from_department_id: UUID,
    to_department_id: UUID,
    facts: Facts,
    needs: Sequence[Mapping[str, Any]] = (),
    attending_id: UUID | None = None,
    eta: datetime | None = None,
    previous_id: UUID | None = None,
    placer_number: str = "",
    source: str = "desk",
) -> Referral:
    """Write a referral that nobody but the sender sees yet.

    Raises Refused, NotFound, InvalidInput("form_invalid"), and Conflict("referral_live", number=…) when the patient has
    one of the same problem that is not over.
    """
    home, target = known.department(from_department_id), known.department(to_department_id)
    actor.require("referrals.send", home.site.organisation.path)
    if home.site.organisation_id == target.site.organisation_id:
        raise InvalidInput("form_invalid", fields={"to": "referral_same_organisation"})
    policy.check(facts, whole=False)
    _check_needs(needs)
    now = clock.now()
    try:
        with transaction.atomic():
            patient = locked_patient(patient_id)
            if patient is None:
                raise NotFound("patient_unknown", id=str(patient_id))
            request = Request.objects.create(
                line="referrals",
                patient=patient,
                site=home.site,
                home_department=home,
                attending_id=attending_id,
                priority=facts.urgency,
                source=source,
                wanted_from=eta or now,
                created_at=now,
                created_by=actor.name,
            )
            made = _detail(request, target, facts, needs, eta, previous_id, placer_number)
            stepping.write(actor, made, State.DRAFTED, at=now)
            stepping.tell(actor, made, "drafted", policy.Side.SENDER, now)
    except IntegrityError as error:
        raise _live(error, patient_id, facts) from error
    return made


def revise_referral(
    *,
    actor: Actor,
    referral_id: UUID,
    facts: Facts,
    needs: Sequence[Mapping[str, Any]] | None = None,
    eta: datetime | None = None,
) -> Referral:
    """Change what a draft, or a referral that was returned for information, says."""
    policy.check(facts, whole=False)
    with transaction.atomic():
        found = known.locked(referral_id)
        stepping.require(actor, found, Verb.SEND)
        if found.state not in (State.DRAFTED, State.RETURNED):  # type: ignore[attr-defined]
            raise Conflict("referral_step", state=found.state, verb="revise")  # type: ignore[attr-defined]
        _fill(found, facts)
        if needs is not None:
            _check_needs(needs)
            found.needs = [dict(need) for need in needs]
        found.eta = eta or found.eta
        try:
            with transaction.atomic():
                found.save()
        except IntegrityError as error:
            raise _live(error, found.request.patient_id, facts) from error
        Request.objects.filter(pk=found.pk).update(priority=facts.urgency)
        stepping.tell(actor, found, "revised", policy.Side.SENDER, clock.now())
    return found


def send_referral(
    *,
    actor: Actor,
    referral_id: UUID,
    offers: Sequence[tuple[int, joint.Offer]] = (),
    note: str = "",
) -> Referral:
    """Hand a draft, or one that was returned, to the receiver. `offers` are (number of the need, what was chosen).

    With `offers` an agreement for direct reservation is needed: all places are reserved and made firm at once, the
    receiver has accepted by the agreement, and nothing is left when one of them fails. Raises Refused with the reason
    of the agreement, Conflict with the `part`, InvalidInput("form_invalid").
    """
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.SEND)
        policy.check(facts_of(found))
        agreement = agreed(found, direct=bool(offers))
        stepping.take(actor, found, Verb.SEND, note=note)
        if offers:
            assert agreement is not None
            helped = stepping.helped(actor, Parties(found).receiver.path, Parties(found).sender.path)
            stepping.take(actor, found, Verb.ACCEPT, agreement=agreement)
            reserving.reserve(helped, found, offers)
            stepping.take(actor, found, Verb.BOOK, agreement=agreement)
    return found


def withdraw_referral(*, actor: Actor, referral_id: UUID, note: str) -> Referral:
    """The sender takes it back; everything reserved for it that nobody has begun to use is given back."""
    if not note.strip():
        raise InvalidInput("form_invalid", fields={"note": "field_required"})
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.WITHDRAW)
        reserving.give_back(actor, found, reason=str(State.WITHDRAWN))
        stepping.take(actor, found, Verb.WITHDRAW, note=note)
    return found


def depart(*, actor: Actor, referral_id: UUID, eta: datetime | None = None, at: datetime | None = None) -> Referral:
    """The patient has set out; expected at `eta`, or when the reserved ambulance brings them, or as the road takes."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.DEPART)
        stepping.take(actor, found, Verb.DEPART, at=at)
        told = known.brought([found.pk]).get(found.pk)
        found.eta = eta or told or reserving.arrival(found, at or clock.now())
        found.save(update_fields=["eta"])
    return found


def agreed(found: Referral, *, direct: bool = False) -> Agreement | None:
    """The agreement that covers a referral; None inside the network, where none is needed.

    Raises Refused: "agreement_missing" … with a partner outside, "agreement_no_direct" when nobody lets the sender
    reserve without asking.
    """
    ends, rows = Parties(found), known.agreements(Parties(found).sender, Parties(found).receiver)
    asked: dict[str, Any] = {
        "specialty": found.to_department.specialty_id,
        "pathway": found.pathway,
        "at": clock.now(),
        "zone": zone_of(ends.receiver_site),
    }
    terms = known.terms(rows)
    policy.why_not(terms, kinds=(ends.sender.kind, ends.receiver.kind), **asked)
    chosen = policy.covers(terms, direct=direct, **asked)
    if direct and chosen is None:
        raise Refused("agreement_no_direct")
    return next((row for row in rows if chosen is not None and str(row.pk) == chosen.key), None)


def facts_of(found: Referral) -> Facts:
    """What a stored referral says, as the policy reads it."""
    return Facts(found.diagnosis_code, found.diagnosis, found.request.priority, found.pathway, dict(found.summary))


def _detail(
    request: Request,
    target: Department,
    facts: Facts,
    needs: Sequence[Mapping[str, Any]],
    eta: datetime | None,
    previous_id: UUID | None,
    placer_number: str,
) -> Referral:
    made = Referral(
        request=request,
        number=_number(request.created_at),
        patient_id=request.patient_id,
        to_department=target,
        needs=[dict(need) for need in needs],
        eta=eta,
        previous_id=previous_id,
        placer_number=placer_number[:64],
    )
    _fill(made, facts)
    made.save(force_insert=True)
    return made


def _fill(row: Referral, facts: Facts) -> None:
    row.problem, row.pathway = facts.problem, facts.pathway
    row.diagnosis_code, row.diagnosis = facts.diagnosis_code, facts.diagnosis.strip()[:200]
    row.summary = {name: text.strip() for name, text in facts.summary.items() if text.strip()}


def _number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('referrals_number')")
        (n,) = cursor.fetchone()
    return f"R{at:%y%m%d}-{n:05d}"


def _check_needs(needs: Sequence[Mapping[str, Any]]) -> None:
    lines = [need.get("line") for need in needs]
    if len(needs) > MOST_NEEDS or any(not isinstance(need.get("details", {}), Mapping) for need in needs):
        raise InvalidInput("form_invalid", fields={"needs": "choice_unknown"})
    if not set(lines) <= set(reserving.taking_part()):
        raise InvalidInput("form_invalid", fields={"needs": "choice_unknown"})


def _live(error: IntegrityError, patient_id: UUID, facts: Facts) -> Exception:
    """What a broken constraint means to people; any other error as it is."""
    if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "referral_one_live":
        return error
    rows = [r for r in known.live_of(patient_id) if r.problem == replace(facts).problem]
    number = rows[0].number if rows else ""
    return Conflict("referral_live", number=number, referral=str(rows[0].pk) if rows else "")
