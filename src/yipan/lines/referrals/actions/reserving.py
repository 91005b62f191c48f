"""The places that a referral wants of other lines: asked for, reserved together, given back together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from yipan.base.access import SYSTEM, Actor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.referrals.actions import stepping
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import joint, registry

KEEP = timedelta(hours=2)
"""How long places are kept between being taken and being made firm, which is the same transaction."""

UNKNOWN_WAY = timedelta(minutes=60)
WINDOW = timedelta(days=3)


def taking_part() -> tuple[str, ...]:
    """Codes of the lines whose places can be reserved together."""
    return tuple(line.code for line in registry.lines() if line.joint is not None)


def needs_of(found: Referral, *, at: datetime | None = None) -> list[joint.Need]:
    """What the referral wants of each line, from when the patient can be there; transport begins at once."""
    now = at or clock.now()
    there = arrival(found, now)
    return [
        joint.Need(
            line=wish["line"],
            patient_id=found.request.patient_id,
            department_id=found.to_department_id,
            wanted_from=now if wish["line"] == "dispatch" else there,
            until=(now if wish["line"] == "dispatch" else there) + WINDOW,
            priority=found.request.priority,
            details=wish.get("details", {}),
        )
        for wish in found.needs
    ]


def arrival(found: Referral, at: datetime) -> datetime:
    """When the patient can be there: as announced, else when the first ambulance brings them where one is wished, else
    as long from `at` as the road takes.
    """
    if found.eta is not None and found.eta > at:
        return found.eta
    minutes = Parties(found).minutes
    way = timedelta(minutes=minutes) if minutes is not None else UNKNOWN_WAY
    return max(at + way, *(_brought(found, wish, at) for wish in found.needs if wish["line"] == "dispatch"), at)


def _brought(found: Referral, wish: Mapping[str, Any], at: datetime) -> datetime:
    """When the first ambulance that can be had would be there with the patient; `at` when none can."""
    need = joint.Need(
        line="dispatch",
        patient_id=found.request.patient_id,
        department_id=found.to_department_id,
        wanted_from=at,
        until=at + WINDOW,
        priority=found.request.priority,
        details=wish.get("details", {}),
    )
    try:
        offers = joint.offers(actor=SYSTEM, need=need, limit=1)
    except YipanError:  # what is wrong with the wish is said where its offers are shown
        return at
    return max((datetime.fromisoformat(offer.data["eta"]) for offer in offers), default=at)


def reserve(actor: Actor, found: Referral, offers: Sequence[tuple[int, joint.Offer]]) -> list[joint.Part]:
    """Reserve every chosen place and make it firm, in the caller's transaction: all of them or none."""
    needs = needs_of(found)
    if len({n for n, _ in offers}) != len(offers) or any(not 0 <= n < len(needs) for n, _ in offers):
        raise InvalidInput("joint_mismatch", part="")
    parts = joint.book(
        actor=actor, parent=found.request, parts=[(needs[number], offer) for number, offer in offers], keep=KEEP
    )
    joint.confirm(actor=actor, parent=found.request)
    return parts


def give_back(actor: Actor, found: Referral, *, reason: str) -> None:
    """Give back what was reserved for the referral: a right of both parties, because it was taken for its sake."""
    ends = Parties(found)
    parts = joint.parts_of(found.request)
    paths = {part.site.organisation.path for part in parts} | {ends.receiver.path, ends.sender.path}
    joint.withdraw(actor=stepping.helped(actor, *sorted(paths)), parent=found.request, reason=reason)
