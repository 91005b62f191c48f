"""The database refuses what the network may not be, whoever writes it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import translation

from yipan.base.network import importing
from yipan.base.network.models import (
    Alliance,
    Bed,
    Department,
    Organisation,
    Policy,
    Road,
    Room,
    Site,
    Specialty,
    SpecialtySimilarity,
    Walk,
    Ward,
    WardCompetence,
)
from yipan.base.network.tests.sample import NETWORK, Editor
from yipan.kernel.errors import InvalidInput


@pytest.fixture(autouse=True)
def stored(db):
    importing.import_network(NETWORK, actor=Editor())


def refused(write, name: str) -> None:
    """The write breaks the constraint of that name."""

    def write_and_ask() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            write()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match=name):
        write_and_ask()


@pytest.mark.parametrize(
    ("model", "change", "name"),
    [
        (Organisation, {"kind": "palace"}, "organisation_kind_known"),
        (Organisation, {"code": ""}, "organisation_code_given"),
        (Organisation, {"path": "x"}, "organisation_path_shape"),
        (Site, {"latitude": 91.0}, "site_on_earth"),
        (Site, {"latitude": None}, "site_on_earth"),
        (Room, {"sex_policy": "purple"}, "room_sex_policy_known"),
        (Room, {"isolation": "deep"}, "room_isolation_known"),
        (Room, {"age_min": 50, "age_max": 10}, "room_ages_in_order"),
        (Room, {"age_max": 151}, "room_age_max_human"),
        (Bed, {"level_of_care": "royal"}, "bed_level_of_care_known"),
        (Bed, {"label": ""}, "bed_label_given"),
        (Ward, {"turnover_minutes": 2000}, "ward_turnover_within_a_day"),
        (Alliance, {"rank": 0}, "alliance_rank"),
        (SpecialtySimilarity, {"similarity": 1.1}, "similarity_range"),
        (Walk, {"minutes": -1.0}, "walk_minutes_range"),
        (Road, {"minutes": 2000.0}, "road_minutes_range"),
        (Policy, {"version": 9}, "a policy is never changed"),
    ],
)
def test_impossible_values_are_refused(model, change, name):
    """Checks stand in the database, not only in forms."""
    row = model.objects.filter(**{"code": "S1"} if model is Site else {}).first()
    refused(lambda: model.objects.filter(pk=row.pk).update(**change), name)


def test_codes_are_unique():
    """Each coded table refuses a second row of a code."""
    site, ward = Site.objects.get(code="S1"), Ward.objects.get(code="NEU1")
    neurology = Department.objects.get(code="NEU")
    room, specialty = Room.objects.get(ward=ward, label="1201"), Specialty.objects.get(code="03.03")
    refused(lambda: Organisation.objects.create(code="H", name="x", kind="hub"), "code")
    refused(lambda: Site.objects.create(code="S1", name="x", organisation=site.organisation), "code")
    refused(lambda: Department.objects.create(code="NEU", name="x", site=site, specialty=specialty), "code")
    refused(lambda: Ward.objects.create(code="NEU1", name="x", site=site, department=neurology), "code")
    refused(lambda: Bed.objects.create(code="NEU1-01", label="x", room=room, department=neurology), "code")
    refused(lambda: Room.objects.create(ward=ward, label="1201"), "room_label_once_in_ward")
    refused(lambda: Bed.objects.create(code="x", label="01", room=room, department=neurology), "bed_label_once")
    refused(
        lambda: WardCompetence.objects.create(ward=ward, specialty=specialty, nurses_qualified=1), "competence_once"
    )


def test_nothing_is_allied_with_itself():
    """A department is no ally of itself, a way does not lead back to its start."""
    neurology, ward, site = (
        Department.objects.get(code="NEU"),
        Ward.objects.get(code="NEU1"),
        Site.objects.get(code="S1"),
    )
    refused(lambda: Alliance.objects.create(department=neurology, ally=neurology, rank=9), "alliance_of_two")
    refused(lambda: Walk.objects.create(from_ward=ward, to_ward=ward, minutes=1), "walk_between_two")
    refused(lambda: Road.objects.create(from_site=site, to_site=site, minutes=1), "road_between_two")


def test_a_rank_is_given_once_but_ranks_can_be_swapped():
    """Within a transaction two allies may change places."""
    first, second = Alliance.objects.filter(department__code="NEU").order_by("rank")
    refused(lambda: Alliance.objects.filter(pk=second.pk).update(rank=1), "alliance_rank_once")
    with transaction.atomic():
        Alliance.objects.filter(pk=first.pk).update(rank=2)
        Alliance.objects.filter(pk=second.pk).update(rank=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Alliance.objects.get(pk=second.pk).rank == 1


@pytest.mark.parametrize("model", [Organisation, Site, Specialty, Department, Ward, Room])
def test_what_is_in_use_is_not_deleted(model):
    """A row that others refer to is protected."""
    with pytest.raises(ProtectedError):
        model.objects.order_by("pk").first().delete()


def test_a_policy_is_never_removed():
    """The history of policies is append-only for every writer."""
    refused(lambda: Policy.objects.all()._raw_delete("default"), "a policy is never changed or removed")


def test_labels_follow_the_language():
    """English readers see the English name, and the Chinese one where there is no other."""
    east, west = Site.objects.order_by("code")
    with translation.override("en"):
        assert (east.label, west.label) == ("East", "西院区")
    with translation.override("zh-hans"):
        assert east.label == "东院区"


def test_moving_an_organisation_moves_its_subtree():
    """Saving with another parent rewrites the paths below."""
    hub = Organisation.objects.create(code="HUB", name="中心", kind="hub")
    hospital = Organisation.objects.get(code="H")
    assert hub.path == "0003."
    hospital.parent = hub
    hospital.save()
    assert Organisation.objects.get(code="H").path == "0003.0002."
    hub.parent = Organisation.objects.get(code="G")
    hub.save()
    assert Organisation.objects.get(code="H").path == "0001.0003.0002."
    assert Organisation.objects.get(code="H").depth == 2


def test_a_cycle_is_refused_and_changes_nothing():
    """The group cannot come to stand below its own hospital."""
    group = Organisation.objects.get(code="G")
    group.parent = Organisation.objects.get(code="H")
    with pytest.raises(InvalidInput) as error:
        group.save()
    assert error.value.code == "network_cycle"
    assert Organisation.objects.get(code="G").parent is None
