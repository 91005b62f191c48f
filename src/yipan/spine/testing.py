"""For tests of the spine and of every line: a small network, patients, and what all lines must keep."""

from __future__ import annotations

import inspect
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from uuid import UUID

from yipan.base.access import Actor, Role, matrix
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Bed, Department, Organisation, Room, Site, Specialty, Ward
from yipan.base.patients.models import Patient
from yipan.spine import capacities
from yipan.spine.models import Request
from yipan.spine.registry import Line

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""A Monday, 12:00 in Shanghai."""

_numbers = itertools.count(1)


@dataclass
class SmallNetwork:
    """One hospital with a few departments; one ward each, rooms of two beds for one sex at a time."""

    organisation: Organisation
    site: Site
    departments: dict[str, Department] = field(default_factory=dict)
    wards: dict[str, Ward] = field(default_factory=dict)
    beds: dict[str, list[Bed]] = field(default_factory=dict)

    def actor(self, *roles: Role, name: str = "tester") -> Actor:
        """Somebody with these roles in the whole hospital."""
        return Actor(user_id=None, name=name, grants=tuple((r, self.organisation.path, None) for r in roles))


def small_network(*, wards: dict[str, int] | None = None, reserve: int | None = 0) -> SmallNetwork:
    """Make a hospital with a department and a ward for each name, with so many beds, and their capacities.

    Names are made unique, so that several can stand side by side in one database.
    """
    n = next(_numbers)
    organisation = Organisation(code=f"H{n}", name=f"医院{n}", name_en=f"Hospital {n}", kind="general_hospital")
    organisation.save()
    site = Site.objects.create(code=f"S{n}", organisation=organisation, name=f"院区{n}", latitude=30.0, longitude=110.0)
    made = SmallNetwork(organisation, site)
    for number, (name, count) in enumerate((wards or {"neurology": 4, "neurosurgery": 4}).items(), start=1):
        specialty, _ = Specialty.objects.get_or_create(
            code=f"T{n}.{number:02}", defaults={"name": name, "name_en": name}
        )
        department = Department.objects.create(
            code=f"D{n}-{name}", site=site, specialty=specialty, name=name, name_en=name.title()
        )
        ward = Ward.objects.create(
            code=f"W{n}-{name}",
            site=site,
            department=department,
            name=f"{name}病区",
            building="1",
            floor=number,
            nurses_total=10,
            emergency_reserve=reserve,
            turnover_minutes=30,
        )
        made.departments[name], made.wards[name] = department, ward
        made.beds[name] = _beds(ward, department, count)
    capacities.follow_network()
    return made


def patient(*, sex: str = "male", name: str = "", born: date = date(1960, 5, 1)) -> Patient:
    """A patient with a name of their own."""
    n = next(_numbers)
    return Patient.objects.create(name=name or f"患者{n}", sex=sex, birth_date=born, created_at=NOON, updated_at=NOON)


def practitioner(department: Department) -> Practitioner:
    """A doctor of the department."""
    n = next(_numbers)
    return Practitioner.objects.create(code=f"P{n}", name=f"医师{n}", name_en=f"Doctor {n}", department=department)


def request_for(network: SmallNetwork, department: str, who: Patient | None = None, at: datetime = NOON) -> Request:
    """A bare request on the spine, without any line's details."""
    return Request.objects.create(
        line="test",
        patient=who or patient(),
        site=network.site,
        home_department=network.departments[department],
        wanted_from=at,
        created_at=at,
        created_by="tester",
    )


def _beds(ward: Ward, department: Department, count: int) -> list[Bed]:
    made: list[Bed] = []
    for first in range(0, count, 2):
        room = Room.objects.create(ward=ward, label=f"{first // 2 + 1:02}", sex_policy="same")
        made += [
            Bed.objects.create(
                room=room, department=department, label=f"{n + 1:02}", code=f"{ward.code}-{n + 1:02}", oxygen=True
            )
            for n in range(first, min(first + 2, count))
        ]
    return made


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


class LineContract:
    """What every service line keeps; a line's tests subclass this and name the line and its package."""

    line: Line
    package: str

    allowed = frozenset(
        [
            "README.md",
            "line.py",
            "policy",
            "models",
            "queries",
            "actions",
            "pages",
            "templates",
            "static",
            "wire",
            "joint",
            "plan",
            "apps.py",
            "known.py",
            "tests",
            "migrations",
            "words.py",
            "tasks.py",
            "__init__.py",
        ]
    )

    def test_files_are_those_of_every_line(self) -> None:
        """A line has no file or folder that the template of a line does not name."""
        names = {p.name for p in self._folder().iterdir() if not p.name.startswith("__pycache__")}
        strange = {n for n in names if n not in self.allowed and n.removesuffix(".py") not in self.allowed}
        assert strange == set()
        assert "README.md" in names

    def test_verbs_are_declared_as_the_line_says(self) -> None:
        """The matrix holds exactly the roles that the line's table of contents names."""
        assert self.line.verbs
        for verb, roles in self.line.verbs.items():
            assert matrix.roles_of(verb) == frozenset(roles)

    def test_actions_take_keywords_and_an_actor(self) -> None:
        """Every public action is keyword-only and asks who acts."""
        actions = import_module(f"{self.package}.actions")
        names = actions.__all__
        assert names
        for name in names:
            parameters = inspect.signature(getattr(actions, name)).parameters
            assert "actor" in parameters, name
            assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values()), name

    def test_pages_have_distinct_names(self) -> None:
        """No two pages of the line share a name or an address."""
        assert self.line.pages
        assert len({p.name for p in self.line.pages}) == len(self.line.pages)
        assert len({p.path for p in self.line.pages}) == len(self.line.pages)

    def test_policy_is_pure(self) -> None:
        """The policy module reads no clock, no database and no language."""
        source = inspect.getsource(self._module("policy"))
        assert "django" not in source
        assert "clock.now" not in source

    def _module(self, name: str) -> ModuleType:
        return import_module(f"{self.package}.{name}")

    def _folder(self) -> Path:
        return Path(inspect.getfile(import_module(self.package))).parent


def ids(beds: list[Bed]) -> list[UUID]:
    """The identifiers of beds, which are those of their capacities."""
    return [b.id for b in beds]
