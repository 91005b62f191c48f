"""A small network and its people for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from yipan.base.access.actor import Actor
from yipan.base.access.models import Grant
from yipan.base.access.queries import actor_of
from yipan.base.access.roles import Role
from yipan.base.network.models import Department, Organisation, OrganisationKind, Site, Specialty, Ward

PASSWORD = "moon-river-38"


@dataclass
class Net:
    """A group with two hospitals, `north` and `south`; `ward` lies in the north."""

    group: Organisation
    north: Organisation
    south: Organisation
    ward: Ward


def network() -> Net:
    """Two hospitals under one group."""
    group = organisation("G", None)
    north, south = organisation("N", group), organisation("S", group)
    site = Site.objects.create(code="N1", name="北院", organisation=north)
    specialty = Specialty.objects.create(code="03.04", name="神经内科")
    department = Department.objects.create(code="N1-NEU", name="神经内科", site=site, specialty=specialty)
    ward = Ward.objects.create(code="N1-W1", name="神经内科一病区", site=site, department=department)
    return Net(group, north, south, ward)


def organisation(code: str, parent: Organisation | None) -> Organisation:
    new = Organisation(code=code, name=f"{code} 医院", kind=OrganisationKind.GENERAL_HOSPITAL, parent=parent)
    new.save()
    return new


def person(username: str, role: Role | None = None, at: Organisation | None = None, ward: Ward | None = None) -> User:
    """A user who can sign in with PASSWORD, with one role if given."""
    user = User(username=username, first_name=f"{username} 名")
    user.set_password(PASSWORD)
    user.save()
    if role is not None and at is not None:
        Grant.objects.create(user=user, role=role, organisation=at, ward=ward)
    return user


def acting(username: str, role: Role, at: Organisation, ward: Ward | None = None) -> Actor:
    """The actor of such a new user."""
    return actor_of(person(username, role, at, ward))
