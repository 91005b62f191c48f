"""How other lines book an ambulance together with their own capacities (`spine.joint`).

The words of a need are `from_site`, `to_site` (identifiers), `level` ("basic" or "advanced"), and, where wished,
`condition`, `oxygen`, `escort`, `note`. `wanted_from` is when the vehicle is to be with the patient, `until` the latest
time for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.dispatch import words
from yipan.lines.dispatch.actions.requests import TransportFacts, problems, request_transport
from yipan.lines.dispatch.actions.requests import withdraw as withdraw_request
from yipan.lines.dispatch.actions.trips import claim, confirm_trip, expect, judged
from yipan.lines.dispatch.models import Level
from yipan.lines.dispatch.queries import facts
from yipan.lines.dispatch.queries.proposals import Proposal, proposals
from yipan.spine import joint, registry
from yipan.spine.models import Booking, Request
from yipan.spine.queries import live_bookings


def offers(*, actor: Actor, need: joint.Need, limit: int) -> list[joint.Offer]:
    """Vehicles for a need, best first. Raises InvalidInput("form_invalid") for unknown words."""
    asked = _asked(need)
    found = proposals(
        start=facts.site(asked.from_site),
        end=facts.site(asked.to_site),
        level=asked.level,
        wanted_from=need.wanted_from,
        until=need.until,
        limit=limit,
    )
    return [_offer(proposal) for proposal in found]


def prepare(*, actor: Actor, need: joint.Need, offer: joint.Offer, parent: Request) -> joint.Prepared:
    """Ask for the transport and judge the vehicle under its lock. Raises what `request_transport`, `assign_vehicle`
    raise."""
    (vehicle_id,) = offer.capacity_ids
    vehicle = facts.vehicle(vehicle_id)
    actor.require("dispatch.assign", facts.path_of(vehicle))
    request = request_transport(
        actor=actor,
        patient_id=need.patient_id,
        home_department_id=need.department_id,
        asked=_asked(need),
        priority=need.priority,
        wanted_from=need.wanted_from,
        attending_id=need.attending_id,
        source=parent.line,
        parent=parent,
    )
    carried = facts.transport(request.pk)
    trip = judged(vehicle, carried, offer.start, now=clock.now())

    def tell(rows: Sequence[Booking]) -> None:
        expect(actor, rows[0], carried, trip.arrive, at_patient=trip.at_patient)

    return joint.Prepared(request, (claim(vehicle, carried, trip),), tell)


def confirm(*, actor: Actor, request: Request) -> None:
    """Make the vehicle that is held firm."""
    for row in live_bookings(request.pk):
        confirm_trip(actor=actor, booking_id=row.pk)


def withdraw(*, actor: Actor, request: Request, reason: str) -> None:
    """Give the vehicle back. The right counts at its base, or where the request was made when there is none."""
    row = live_bookings(request.pk).first()
    if row is None:
        actor.require("dispatch.request", request.site.organisation.path)
    else:
        actor.require("dispatch.assign", facts.path_of(facts.vehicle(row.capacity_id)))
    withdraw_request(actor, request, reason)


def asks() -> tuple[joint.Ask, ...]:
    """What a person says about the vehicle; the rest follows from who refers to whom."""
    levels = tuple((str(value), str(label)) for value, label in Level.choices)
    return (joint.Ask("level", _("Vehicle"), levels, Level.BASIC, required=True),)


JOINT = registry.Joint(offers=offers, prepare=prepare, confirm=confirm, withdraw=withdraw, asks=asks)


def _asked(need: joint.Need) -> TransportFacts:
    strange = need.details.keys() - TransportFacts.__dataclass_fields__.keys()
    wrong = dict.fromkeys(sorted(strange), "field_unknown")
    given: dict[str, Any] = {name: value for name, value in need.details.items() if name not in strange}
    for name in ("from_site", "to_site"):
        try:
            given[name] = UUID(str(given.get(name, "")))
        except ValueError:
            wrong[name] = "choice_unknown"
    if not wrong:
        wrong |= problems(TransportFacts(**given), need.priority)
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    return TransportFacts(**given)


def _offer(found: Proposal) -> joint.Offer:
    base = found.vehicle.capacity.site
    return joint.Offer(
        line=facts.LINE,
        capacity_ids=(found.vehicle.pk,),
        start=found.trip.leave,
        end=found.trip.back,
        site_id=base.pk,
        place=f"{found.vehicle.call_sign} · {base.label}",
        reasons=words.reasons(found),
        data={"at_patient": found.trip.at_patient.isoformat(), "eta": found.trip.arrive.isoformat()},
    )
