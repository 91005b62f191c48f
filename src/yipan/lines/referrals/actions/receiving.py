"""The receiver's verbs: accept, ask back, refuse, reserve, arrive, treat, send back, end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor, Role
from yipan.kernel.errors import InvalidInput
from yipan.lines.referrals.actions import after, reserving, sending, stepping
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.policy import Facts, State, Verb
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import joint


def accept_referral(
    *, actor: Actor, referral_id: UUID, offers: Sequence[tuple[int, joint.Offer]] = (), note: str = ""
) -> Referral:
    """Take the patient; with `offers` the chosen places are reserved and made firm in the same transaction, or the
    referral is not accepted. The sender's wish for transport is its leave to plan its own ambulances."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.ACCEPT)
        stepping.take(actor, found, Verb.ACCEPT, note=note)
        if offers:
            _reserve(actor, found, offers)
    return found


def reserve_places(*, actor: Actor, referral_id: UUID, offers: Sequence[tuple[int, joint.Offer]]) -> Referral:
    """Reserve the places of a referral that was accepted without them."""
    if not offers:
        raise InvalidInput("joint_empty")
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.BOOK)
        _reserve(actor, found, offers)
    return found


def return_referral(*, actor: Actor, referral_id: UUID, note: str) -> Referral:
    """Ask the sender for what is missing."""
    _needed(note, "note")
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.RETURN)
        stepping.take(actor, found, Verb.RETURN, reason="incomplete", note=note)
    return found


def refuse_referral(*, actor: Actor, referral_id: UUID, reason: str, note: str = "") -> Referral:
    """Say no, with one of the reasons; what was reserved already is given back."""
    _needed(reason, "reason")
    if reason == "other":
        _needed(note, "note")
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.REFUSE)
        reserving.give_back(actor, found, reason=str(State.REFUSED))
        stepping.take(actor, found, Verb.REFUSE, reason=reason, note=note)
    return found


def arrive(*, actor: Actor, referral_id: UUID, at: datetime | None = None) -> Referral:
    """The patient is here: from now on the receiver is responsible."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.ARRIVE)
        stepping.take(actor, found, Verb.ARRIVE, at=at)
    return found


def treat(*, actor: Actor, referral_id: UUID, note: str = "") -> Referral:
    """What was asked is done; the patient goes back, or stays in the receiver's care."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.TREAT)
        stepping.take(actor, found, Verb.TREAT, note=note)
    return found


def close_referral(*, actor: Actor, referral_id: UUID, note: str = "") -> Referral:
    """The referral ends at the receiver: discharged home, died, or stays in its care."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.CLOSE)
        reserving.give_back(actor, found, reason=str(State.CLOSED))
        stepping.take(actor, found, Verb.CLOSE, note=note)
    return found


def send_back(
    *,
    actor: Actor,
    referral_id: UUID,
    facts: Facts,
    tasks: Sequence[Mapping[str, Any]] = (),
    to_department_id: UUID | None = None,
    needs: Sequence[Mapping[str, Any]] = (),
) -> Referral:
    """End a referral by one in the other direction, with plan and tasks; returns the new one, which is sent already."""
    with transaction.atomic():
        found = stepping.begin(actor, referral_id, Verb.SEND_BACK)
        reserving.give_back(actor, found, reason=str(State.SENT_BACK))
        stepping.take(actor, found, Verb.SEND_BACK)
        made = sending.draft_referral(
            actor=actor,
            patient_id=found.request.patient_id,
            from_department_id=found.to_department_id,
            to_department_id=to_department_id or found.request.home_department_id,
            facts=facts,
            needs=needs,
            previous_id=found.pk,
        )
        after.plan_tasks(actor=actor, referral_id=made.pk, tasks=tasks)
        return sending.send_referral(actor=actor, referral_id=made.pk)


def _reserve(actor: Actor, found: Referral, offers: Sequence[tuple[int, joint.Offer]]) -> None:
    reserving.reserve(actor.lent(Role.DISPATCHER, Parties(found).sender.path), found, offers)
    stepping.take(actor, found, Verb.BOOK)


def _needed(text: str, name: str) -> None:
    if not text.strip():
        raise InvalidInput("form_invalid", fields={name: "field_required"})
