"""The tree and the pages of places: seen by whom they concern, edited by whom may, checked like an import."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from yipan.base.network.models import Bed, Department, Organisation, Room, Site, Ward
from yipan.base.network.models.version import current_version

pytestmark = pytest.mark.django_db


def page_of(name: str, model: type, **which) -> str:
    return reverse(f"network:{name}", args=[model.objects.get(**which).pk])


WARD_FORM = {"table": "wards", "name": "卒中病区", "name_en": "Stroke Ward", "building": "内科楼", "floor": "12"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_shows_its_place(stored, browser, language):
    """Each place has a page with its name, in both languages, for a doctor who may look but not edit."""
    doctor = browser("doctor", "G", language)
    pages = {
        reverse("network:home"): "医院" if language == "zh-hans" else "Hospital",
        page_of("organisation", Organisation, code="G"): "集团" if language == "zh-hans" else "Group",
        page_of("site", Site, code="S2"): "西院区",
        page_of("department", Department, code="NEU"): "神经内科" if language == "zh-hans" else "Neurology",
        page_of("ward", Ward, code="NEU2W"): "神经内科二病区",
        page_of("room", Room, label="1202"): "NEU1-03",
        page_of("competences", Ward, code="NEU1"): "03.03",
        page_of("walks", Ward, code="NEU1"): "4.5",
        page_of("roads", Site, code="S1"): "25",
        reverse("network:specialties"): "75%",
        reverse("network:specialty", args=["03.03"]): "0.75",
        page_of("policy", Organisation, code="G"): "reserve.default_beds",
    }
    for address, words in pages.items():
        response = doctor.get(address)
        assert response.status_code == 200, address
        assert words in response.content.decode(), address
        assert '<form method="post" class="form">' not in response.content.decode(), address


def test_the_tree_hides_villages_until_asked(manager):
    """Village clinics are counted and shown on demand; a search finds by name and code."""
    Organisation.objects.create(
        code="V1",
        name="上溪村卫生室",
        name_en="Shangxi",
        kind="village_clinic",
        parent=Organisation.objects.get(code="H"),
    )
    home = reverse("network:home")
    assert "Shangxi" not in manager.get(home).content.decode()
    assert "Village clinics not shown: 1." in manager.get(home).content.decode()
    for query in ("?kind=village_clinic", "?q=上溪", "?q=v1"):
        assert "Shangxi" in manager.get(home + query).content.decode()
    assert "Nothing found" in manager.get(home + "?q=nobody").content.decode()


def test_an_edit_is_saved_and_audited(manager):
    """A manager renames a ward; old and new names are in the audit trail with the organisation."""
    address = page_of("ward", Ward, code="NEU1")
    form = WARD_FORM | {"nurses_total": "18", "emergency_reserve": "", "turnover_minutes": "45"}
    response = manager.post(address, form, follow=True)
    assert "Saved." in response.content.decode()
    ward = Ward.objects.get(code="NEU1")
    assert (ward.name, ward.name_en, ward.emergency_reserve, ward.turnover_minutes) == (
        "卒中病区",
        "Stroke Ward",
        None,
        45,
    )
    entry = apps.get_model("audit", "Entry").objects.get(action="network.edited")
    (changed,) = entry.data["changed"]
    assert changed["key"] == ["NEU1"]
    assert changed["emergency_reserve"] == [1, None]
    assert entry.organisation_path == ward.site.organisation.path


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Nothing is given here"),
        ("floor", "top", "A number is needed here"),
        ("turnover_minutes", "2000", "between 0 and 1440"),
        ("nurses_total", "3", "More nurses are qualified than the ward has (3)"),
    ],
)
def test_a_wrong_value_is_named_at_its_field_and_nothing_is_saved(manager, field, value, sentence):
    """The same checks as an import, also across tables; what was typed stays in the form."""
    before = current_version()
    form = WARD_FORM | {"nurses_total": "18", "emergency_reserve": "1", "turnover_minutes": "30"} | {field: value}
    response = manager.post(page_of("ward", Ward, code="NEU1"), form)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert current_version() == before


def test_what_has_no_field_cannot_be_changed(manager):
    """Codes, sites and departments in a forged form change nothing."""
    form = WARD_FORM | {"nurses_total": "18", "site": "S2", "department": "NSU", "code": "X"}
    manager.post(page_of("ward", Ward, code="NEU1"), form)
    ward = Ward.objects.get(code="NEU1")
    assert (ward.site.code, ward.department.code) == ("S1", "NEU")


@pytest.mark.parametrize("role", ["doctor", "ward_nurse", "coordinator", "integrator"])
def test_who_may_not_edit_is_refused_and_changes_nothing(stored, browser, role):
    """A form sent by somebody without the right is answered with 403 and the ward keeps its name."""
    response = browser(role, "G").post(page_of("ward", Ward, code="NEU1"), WARD_FORM | {"nurses_total": "18"})
    assert response.status_code == 403
    assert Ward.objects.get(code="NEU1").name == "神经内科一病区"


def test_a_manager_of_another_organisation_sees_nothing(stored, browser):
    """Outside the own subtree pages do not exist, and posts change nothing."""
    Organisation.objects.create(code="K", name="外", kind="partner")
    stranger = browser("manager", "K")
    for address in (
        page_of("organisation", Organisation, code="H"),
        page_of("site", Site, code="S1"),
        page_of("ward", Ward, code="NEU1"),
        page_of("room", Room, label="1201"),
        page_of("department", Department, code="NEU"),
        page_of("policy", Organisation, code="H"),
    ):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, WARD_FORM).status_code == 404
    assert "Hospital" not in stranger.get(reverse("network:home")).content.decode()


def test_beds_of_a_room_are_edited_together(manager):
    """Labels, equipment, level and department of each bed of a room, in one form; labels may be swapped."""
    address = page_of("room", Room, label="1201")
    form = {"table": "beds"}
    for number, label in enumerate(["02", "01"]):
        form |= {f"{number}-label": label, f"{number}-department": "NEU", f"{number}-level_of_care": "step_down"}
    form |= {"1-monitor": "1", "0-oxygen": "1"}
    assert manager.post(address, form).status_code == 302
    beds = {b.code: (b.label, b.oxygen, b.monitor, b.level_of_care) for b in Bed.objects.filter(room__label="1201")}
    assert beds == {"NEU1-01": ("02", True, False, "step_down"), "NEU1-02": ("01", False, True, "step_down")}


def test_a_label_twice_in_a_ward_is_refused(manager):
    """The label of a bed in another room of the ward cannot be taken; the form says so at the bed."""
    form = {"table": "beds"}
    for number, label in enumerate(["03", "02"]):
        form |= {f"{number}-label": label, f"{number}-department": "NEU", f"{number}-level_of_care": "general"}
    response = manager.post(page_of("room", Room, label="1201"), form)
    assert response.status_code == 422
    assert "this bed label twice" in response.content.decode()
    assert Bed.objects.get(code="NEU1-01").label == "01"


def test_a_room_changes_its_rules(manager):
    """Sex policy, isolation and ages of a room; ages the wrong way round are refused."""
    address = page_of("room", Room, label="1202")
    form = {"table": "rooms", "sex_policy": "male", "isolation": "droplet", "age_min": "20", "age_max": ""}
    assert manager.post(address, form).status_code == 302
    room = Room.objects.get(label="1202")
    assert (room.sex_policy, room.isolation, room.age_min, room.age_max) == ("male", "droplet", 20, None)
    response = manager.post(address, form | {"age_max": "10"})
    assert (response.status_code, Room.objects.get(label="1202").age_max) == (422, None)
