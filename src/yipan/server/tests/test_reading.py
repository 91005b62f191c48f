"""Whoever is shown a patient leaves an entry in the audit trail, whatever page it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Practitioner
from yipan.base.audit import journal
from yipan.base.audit.models import Entry
from yipan.base.patients import actions as identities
from yipan.base.patients.masks import mask_name
from yipan.base.patients.models import DuplicateCandidate, Merge, Patient
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.lines.beds.models import FollowUpCall
from yipan.lines.beds.tests.busy import BusyHospital, ask, busy_hospital
from yipan.lines.beds.tests.people import signed_in
from yipan.spine import booking
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db

ASKED: dict[str, list[str]] = {
    "board": ["", "site={site}"],
    "board-waiting": ["site={site}"],
    "board-cells": ["ids={ward}"],
    "desk-patients": ["q=sunshuangsheng"],
    "figures-stays": ["which=admissions", "which=outliers"],
    "patients": ["q=sunshuangsheng"],
    "rounds": ["attending={attending}", "attending={attending}&print"],
    "ui:search": ["q=sunshuangsheng"],
    "ward": ["", "print"],
}
"""What to ask a page for, where it shows nobody by itself."""

POSTED = {"desk-patients", "patients", "ui:search"}
"""What is looked for is posted: addresses end in logs."""

SHOWS_PATIENTS = {
    "bed", "board", "board-waiting", "call", "calls", "desk", "desk-patients", "figures-stays", 
    "patient", "patient_duplicate", "patient_duplicates", "patient_edit", "patient_merges", "patients", "repatriation",
    "request-revise", "request-swap", "rounds", "slip", "ui:search", "waiting",
    "ward",
}  # fmt: skip
"""Pages that show a patient to somebody in this test; a new one has to be added here, and to tell of it."""


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def hospital() -> BusyHospital:
    """A busy hospital in which every page has somebody to show."""
    made = busy_hospital()
    ask(made.network, name="赵等待")
    gone = made.bookings["leaving"]
    booking.depart(booking_id=gone.id, by=SYSTEM, turnover_length=timedelta(minutes=30))
    FollowUpCall.objects.create(booking=made.bookings["away"], due_on=NOON.date())
    twins = [
        identities.register(actor=SYSTEM, name="孙双生", sex="male", birth_date=gone.period.lower.date()) for _ in "ab"
    ]
    left, right = sorted(twins, key=lambda twin: twin.pk)
    DuplicateCandidate.objects.get_or_create(left=left, right=right, defaults={"score": 1, "created_at": NOON})
    others = [identities.register(actor=SYSTEM, name=f"周合{n}", sex="male", birth_date=None) for n in "并了"]
    identities.merge(actor=SYSTEM, survivor_id=others[0].pk, retired_id=others[1].pk, reason="same")
    His(made.network).say("A01", "P1", made.bed(5))
    return made


def values(made: BusyHospital) -> dict[str, Any]:
    """What stands in addresses, by the name of the argument."""
    away = made.bookings["away"]
    return {
        "patient_id": away.patient_id,
        "request_id": away.request_id,
        "booking_id": away.id,
        "bed_id": away.capacity_id,
        "ward_id": made.network.wards["neurosurgery"].id,
        "call_id": FollowUpCall.objects.get().pk,
        "candidate_id": DuplicateCandidate.objects.filter(state="open").first().pk,
        "merge_id": Merge.objects.get().pk,
        "message_id": InboundMessage.objects.get().pk,
        "source_id": InboundMessage.objects.get().source_id,
    }


def named(patterns: list[Any], space: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, converters) of every address that has a name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}", pattern.pattern.converters


def addresses(made: BusyHospital) -> Iterator[tuple[str, str]]:
    """(name, address with what is asked for) of every page that can be opened with what the hospital has."""
    known = values(made)
    place = {
        "site": made.network.site.code,
        "ward": made.network.wards["neurosurgery"].id,
        "attending": Practitioner.objects.get(requests=made.bookings["away"].request_id).pk,
    }
    for name, wanted in named(get_resolver().url_patterns):
        try:
            path = reverse(name, kwargs={key: known[key] for key in wanted})
        except (KeyError, NoReverseMatch):
            continue
        for query in ASKED.get(name, [""]):
            yield name, f"{path}?{query.format(**place)}"


def test_whoever_is_shown_a_patient_leaves_an_entry(hospital: BusyHospital, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is opened by those who see most; where the answer has a name, even masked, there is an entry."""
    monkeypatch.setattr(journal, "SAME_LOOK", timedelta(0))
    names = set(Patient.objects.values_list("name", flat=True))
    signs = {text for name in names for text in (name, mask_name(name))}
    silent, telling = set(), set()
    for role in (Role.COORDINATOR, Role.MANAGER, Role.INTEGRATOR):
        client = signed_in(hospital.network.organisation, role)
        client.raise_request_exception = False
        for name, address in addresses(hospital):
            if name == "logout":
                continue
            before = Entry.objects.count()
            path, _, asked = address.partition("?")
            response = client.post(path, QueryDict(asked)) if name in POSTED else client.get(address)
            shown = not response.streaming and any(sign in response.content.decode() for sign in signs)
            if shown:
                (telling if Entry.objects.count() > before else silent).add(name)
    assert silent == set()
    assert telling == SHOWS_PATIENTS


def test_a_list_that_is_kept_open_is_one_look(hospital: BusyHospital) -> None:
    """Live refreshes of a list by one person leave one entry in a quarter of an hour; others leave theirs."""
    ward = reverse("ward", args=[hospital.network.wards["neurosurgery"].id])
    client = signed_in(hospital.network.organisation, Role.COORDINATOR)
    looks = Entry.objects.filter(action="list.read")
    with clock.using(clock.FrozenClock(NOON)) as frozen:
        for _ in range(3):
            client.get(ward, headers={"HX-Request": "true"})
        assert looks.count() == 1
        signed_in(hospital.network.organisation, Role.WARD_NURSE).get(ward)
        assert looks.count() == 2
        frozen.advance(journal.SAME_LOOK)  # type: ignore[attr-defined]
        client.get(ward)
    assert looks.count() == 3
    entry = looks.first()
    assert entry.object_id == f"beds.ward {hospital.network.wards['neurosurgery'].code}"
    assert entry.data == {"count": 1}
