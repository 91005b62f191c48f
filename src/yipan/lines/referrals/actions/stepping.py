"""Taking a step of a referral: the right party, the table, the row, the events, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base.access import Actor, Role
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.referrals import policy
from yipan.lines.referrals.models import Agreement, Referral, Refusal, Step
from yipan.lines.referrals.policy import ENDED, SIDES, Side, State, Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import outbox
from yipan.spine.events import Happening, record
from yipan.spine.models import Request
from yipan.spine.wire import OUTBOX_TOPIC

RIGHTS: Mapping[Side, str] = {Side.SENDER: "referrals.send", Side.RECEIVER: "referrals.receive"}
ARRIVING = "referrals.arrive"
TO_PARTNER = frozenset({State.SENT, State.WITHDRAWN, State.ACCEPTED, State.REFUSED, State.RETURNED, State.ARRIVED})
"""What a partner that runs no Yipan hears of by message."""


def begin(actor: Actor, referral_id: UUID, verb: Verb) -> Referral:
    """The referral under a lock, if this actor may take the step and the table allows it.

    Raises NotFound, Refused("not_allowed_here"), Conflict("referral_step").
    """
    found = known.locked(referral_id)
    require(actor, found, verb)
    policy.step(found.state, verb)  # type: ignore[attr-defined]
    return found


def require(actor: Actor, found: Referral, verb: Verb) -> None:
    """The right of the party whose step it is."""
    side = SIDES[verb]
    right = ARRIVING if verb is Verb.ARRIVE else RIGHTS[side]
    actor.require(right, Parties(found).path(side))


def take(
    actor: Actor,
    found: Referral,
    verb: Verb,
    *,
    reason: str = "",
    note: str = "",
    at: datetime | None = None,
    agreement: Agreement | None = None,
    **data: Any,
) -> Referral:
    """Write the step and tell of it; `found` stands where the step leads afterwards."""
    state, now = policy.step(found.state, verb), clock.now()  # type: ignore[attr-defined]
    at = at or now
    if at > now:
        raise InvalidInput("form_invalid", fields={"at": "time_in_future"})
    if at < found.since:  # type: ignore[attr-defined]
        raise Conflict("step_before_last", at=at)
    write(actor, found, state, at=at, reason=reason, note=note, agreement=agreement)
    if state in ENDED:
        Request.objects.filter(pk=found.pk).update(cancelled_at=now, cancel_reason=str(state))
    if agreement is not None:
        data["agreement"] = str(agreement.pk)
    tell(actor, found, str(state), SIDES[verb], at, **({"reason": reason} if reason else {}), **data)
    return found


def write(
    actor: Actor,
    found: Referral,
    state: State,
    *,
    at: datetime,
    reason: str = "",
    note: str = "",
    agreement: Agreement | None = None,
) -> Step:
    """The row of a step, with the next number."""
    if reason and reason not in Refusal.values:
        raise InvalidInput("form_invalid", fields={"reason": "choice_unknown"})
    last = Step.objects.filter(referral=found).order_by("-number").values_list("number", flat=True).first() or 0
    row = Step.objects.create(
        referral=found,
        number=last + 1,
        state=str(state),
        at=at,
        by=actor.name[:120],
        reason=reason,
        note=note.strip()[:2000],
        agreement=agreement,
    )
    found.state, found.since = str(state), at  # type: ignore[attr-defined]
    if state in TO_PARTNER and Parties(found).is_outside:
        outbox.put(
            topic=OUTBOX_TOPIC,
            key=f"REF{found.number}.{row.number}",
            payload={"kind": "REF^I12", "what": "referrals.step", "referral": str(found.pk), "step": row.number},
        )
    return row


def tell(actor: Actor, found: Referral, what: str, side: Side, at: datetime, **data: Any) -> None:
    """One event where it happened, and one that tells the other side; a draft concerns nobody else."""
    ends = Parties(found)
    events = [_happening(f"referral.{what}", found, ends.site(side).pk, at, data)]
    if what not in ("drafted",):
        events.append(_happening("referral.told", found, ends.other(side).pk, at, {"what": what}))
    record(actor, events)


def helped(actor: Actor, *paths: str) -> Actor:
    """The actor with the rights to reserve or give back places there: lent by an agreement, or by the referral itself
    for what was reserved for its sake."""
    for path in dict.fromkeys(paths):
        actor = actor.lent(Role.COORDINATOR, path).lent(Role.DISPATCHER, path)
    return actor


def _happening(kind: str, found: Referral, site_id: UUID, at: datetime, data: dict[str, Any]) -> Happening:
    return Happening(
        kind=kind,
        line="referrals",
        request_id=found.pk,
        patient_id=found.request.patient_id,
        site_id=site_id,
        at=at,
        data=dict(data),
    )
