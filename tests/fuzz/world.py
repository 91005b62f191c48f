"""A hospital in the middle of its day with something behind every address, and another hospital beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.base.access.roles import GRANTABLE
from yipan.base.network import exporting
from yipan.base.network.models import Alliance, Organisation, Upload
from yipan.base.network.models.version import current_version
from yipan.base.network.stored import snapshot
from yipan.base.patients import actions as patients
from yipan.base.patients.models import DuplicateCandidate
from yipan.interop.inbound import apply_pending
from yipan.interop.models import LocationAlias
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.lines.beds.models import FollowUpCall, NoticeKind, WardNotice
from yipan.lines.beds.tests.busy import BusyHospital, ask, busy_hospital
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.testing import NOON, hours, small_network

LANGUAGES = ("en", "zh-hans")
STRANGER = "stranger"
"""Somebody who is not signed in."""

EVERYBODY = "everybody"
"""Somebody with every role."""


@dataclass
class World:
    """`people` are signed-in users by role, each in one language; `identifiers` those of all rows, by kind of key."""

    hospital: BusyHospital
    people: dict[str, User]
    identifiers: dict[str, list[str]] = field(default_factory=dict)

    def browser(self, role: str, language: str = "en") -> Client:
        """A new browser in which this person is signed in."""
        client = Client(headers={"accept-language": language})
        if role != STRANGER:
            client.force_login(self.people[role])
        return client

    @property
    def roles(self) -> tuple[str, ...]:
        return (STRANGER, *self.people)


def build() -> World:
    """Make it; the clock stands at noon."""
    made = busy_hospital()
    network = made.network
    Alliance.objects.create(
        department=network.departments["neurology"], ally=network.departments["neurosurgery"], rank=1
    )
    other = small_network(wards={"dermatology": 2})
    ask(other, "dermatology")
    ask(network, name="何志远")
    _lists(made)
    _people_twice()
    people = {role.value: _user(role.value, made, role) for role in GRANTABLE}
    people[EVERYBODY] = _user(EVERYBODY, made, *GRANTABLE)
    _messages(made)
    Upload.objects.create(
        name="network.zip",
        data=exporting.to_zip(snapshot()),
        replace=False,
        network_version=current_version(),
        user_id=people[EVERYBODY].pk,
    )
    return World(made, people, _identifiers())


def _lists(made: BusyHospital) -> None:
    """Calls to make, notices to read, and a bed that was just left."""
    away, ward = made.bookings["away"], made.network.wards["neurology"]
    FollowUpCall.objects.create(booking=away, due_on=NOON.date())
    WardNotice.objects.create(ward=ward, booking=made.bookings["confirmed"], kind=NoticeKind.values[0], created_at=NOON)
    stay = booking.occupy(
        claim=Claim(made.bed(3).id, ask(made.network, sex="female"), NOON - hours(9), NOON + hours(9)),
        by=SYSTEM,
        at=NOON - hours(9),
    )
    assert stay.pk


def _people_twice() -> None:
    """Two pairs who may be one person each; one pair was merged."""
    for name in ("李建国", "赵国庆"):
        for _ in range(2):
            patients.register(actor=SYSTEM, name=name, sex="male", birth_date=date(1962, 3, 12))
    pair = DuplicateCandidate.objects.order_by("pk").last()
    assert pair is not None
    patients.merge(actor=SYSTEM, survivor_id=pair.left_id, retired_id=pair.right_id, reason="same card")


def _messages(made: BusyHospital) -> None:
    """A sender with a mapping, a message that was applied, two that wait."""
    his = His(made.network, facility=made.network.organisation.code)
    LocationAlias.objects.create(source=his.source, location="A^1^1", bed=made.bed(5))
    his.tell("A28", "P1")
    his.tell("A03", "P2")
    his.tell("A01", "P3", PV1_3="NOWHERE^1^1")
    apply_pending()


def _user(name: str, made: BusyHospital, *roles: Role) -> User:
    """A nurse's role is for one ward; managers and administrators are those of the whole network."""
    user = User.objects.create(username=f"fuzz-{name}", password="!")
    here = made.network.organisation
    for role in roles:
        ward = made.network.wards["neurology"] if role is Role.WARD_NURSE else None
        Grant.objects.create(user=user, role=role, organisation=here, ward=ward)
        if role in (Role.MANAGER, Role.ADMINISTRATOR):
            for root in Organisation.objects.filter(parent=None).exclude(pk=here.pk):
                Grant.objects.create(user=user, role=role, organisation=root)
    return user


def _identifiers() -> dict[str, list[str]]:
    """Keys of rows of every table, two of each: what somebody could put where another key belongs."""
    found: dict[str, list[str]] = {"UUIDConverter": [], "IntConverter": []}
    for model in apps.get_models():
        if model._meta.managed and isinstance(model._meta.pk, models.UUIDField):
            found["UUIDConverter"] += [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[:2]]
    found["IntConverter"] = ["0", "1", "2147483648", "9223372036854775808", "9" * 60]
    found["IntConverter"] += [str(pk) for pk in User.objects.values_list("pk", flat=True)[:3]]
    return found


def clock_at_noon() -> clock.FrozenClock:
    return clock.FrozenClock(NOON)
