"""A county for tests: a hospital with ambulances, and a township forty minutes away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.network.models import Road, Site
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.dispatch.models import Vehicle
from yipan.spine import joint
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, patient, small_network

ROAD = 40.0


@dataclass
class County:
    """`town` refers to `hospital`, at whose site the vehicles stand."""

    hospital: SmallNetwork
    town: Site
    vehicles: list[Vehicle] = field(default_factory=list)

    def actor(self, *roles: Role) -> Actor:
        return self.hospital.actor(*roles)

    @property
    def dispatcher(self) -> Actor:
        return self.actor(Role.DISPATCHER)


def county(*levels: str) -> County:
    """One vehicle for each level."""
    hospital = small_network()
    town = Site.objects.create(
        code=f"{hospital.site.code}T", organisation=hospital.organisation, name="卫生院", name_en="Township"
    )
    Road.objects.create(from_site=hospital.site, to_site=town, minutes=ROAD)
    made = County(hospital, town)
    for n, level in enumerate(levels or ("basic",)):
        sign = f"{hospital.site.code}-{n + 1}"
        made.vehicles.append(actions.save_vehicle(actor=SYSTEM, site_id=hospital.site.pk, call_sign=sign, level=level))
    return made


def asked(place: County, patient_id: UUID | None = None, level: str = "basic", **more: Any) -> Request:
    """Somebody in the township is to be brought to the hospital."""
    return actions.request_transport(
        actor=place.dispatcher,
        patient_id=patient_id or patient().pk,
        home_department_id=place.hospital.departments["neurology"].pk,
        asked=TransportFacts(place.town.pk, place.hospital.site.pk, level, condition="胸痛"),
        **more,
    )


def assigned(place: County, request: Request | None = None, vehicle: int = 0, leave: datetime = NOON) -> Booking:
    """A vehicle that is to go at `leave`."""
    request = request or asked(place)
    row = actions.assign_vehicle(
        actor=place.dispatcher, request_id=request.pk, vehicle_id=place.vehicles[vehicle].pk, leave=leave
    )
    return actions.confirm_trip(actor=place.dispatcher, booking_id=row.pk)


def need(place: County, parent: Request, start: datetime = NOON, **details: Any) -> joint.Need:
    """The need of a referral for the way from the township to the hospital."""
    given = {"from_site": str(place.town.pk), "to_site": str(place.hospital.site.pk), "level": "basic", **details}
    home = place.hospital.departments["neurology"]
    return joint.Need("dispatch", parent.patient_id, home.pk, start, details=given)
