"""Keeping a reading centre: rules, coverage, readers, templates."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from tests.access.two_hospitals import behind

from yipan.base.access import Role
from yipan.base.access.models import Grant, Practitioner
from yipan.base.audit.models import Entry
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams import actions
from yipan.lines.exams.models import Coverage, Reader, ReadingCentre, ReportTemplate
from yipan.lines.exams.policy import centre as policy
from yipan.lines.exams.policy import reading
from yipan.lines.exams.queries import centres as query
from yipan.lines.exams.tests.readers import Room, room
from yipan.spine.testing import small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(time: Any) -> Room:
    return room()


def told(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action))


def test_only_what_differs_is_kept() -> None:
    """A rule that says the usual follows the default when that changes; a rule of its own stays."""
    usual = reading.ReadingPolicy()
    body = {"deadlines": {"ecg": {"emergency": 5, "urgent": 30}}, "work": {"CT": 10}, "peer_rate": 0.0}
    assert policy.own(body) == {"deadlines": {"ecg": {"emergency": 5}}, "peer_rate": 0.0}
    assert policy.own({"deadlines": usual.deadlines, "second_grades": [], "critical": {"told": 10}}) == {
        "second_grades": []
    }
    assert reading.read(policy.own(body)).deadlines["ecg"] == {**reading.DEADLINES["ecg"], "emergency": 5}


def test_a_rule_that_is_no_number_names_its_field(here: Room) -> None:
    """Each wrong field is named, and nothing is saved."""
    before = dict(here.centre.policy)
    body = {"deadlines": {"ecg": {"emergency": 0}}, "peer_rate": 1.5, "critical": {"told": 2000}, "second_items": ["?"]}
    with pytest.raises(InvalidInput) as refused:
        actions.set_centre(actor=here.network.actor(Role.MANAGER), centre_id=here.centre.pk, name="", body=body)
    fields = refused.value.params["fields"]
    assert set(fields) == {"deadlines.ecg.emergency", "peer_rate", "critical.told", "second_items", "name"}
    here.centre.refresh_from_db()
    assert here.centre.policy == before
    assert told("centre.rules") == []


def test_rules_hold_from_the_next_examination(here: Room) -> None:
    """A shorter target is due earlier, and the entry says who set what."""
    body = {"deadlines": {"imaging": {"emergency": 20}}}
    actions.set_centre(actor=here.network.actor(Role.MANAGER), centre_id=here.centre.pk, name="影像中心", body=body)
    row = here.reading("imaging", priority="emergency")
    assert (row.due_at - row.performed_at).total_seconds() == 20 * 60
    assert told("centre.rules")[0].data["policy"] == body


def test_coverage_changes_for_the_sites_that_were_shown(here: Room) -> None:
    """What is ticked is read, what is not is given back, and a site that was not on the page stays."""
    manager, site = here.network.actor(Role.MANAGER), here.network.site
    Coverage.objects.create(centre=here.centre, site=site, category="ecg")
    other = small_network().site
    Coverage.objects.create(centre=here.centre, site=other, category="ecg")
    actions.cover(actor=manager, centre_id=here.centre.pk, site_ids=[site.pk], wanted=[(site.pk, "imaging")])
    assert set(Coverage.objects.values_list("site_id", "category")) == {(site.pk, "imaging"), (other.pk, "ecg")}


def test_nobody_takes_the_sites_of_others(here: Room) -> None:
    """A manager gives no site of another hospital to a centre, and takes none that another centre reads."""
    manager, there = here.network.actor(Role.MANAGER), small_network()
    with pytest.raises(Refused):
        actions.cover(actor=manager, centre_id=here.centre.pk, site_ids=[there.site.pk], wanted=[])
    rival = ReadingCentre.objects.create(code="RIVAL", name="别的中心", site=there.site)
    Coverage.objects.create(centre=rival, site=here.network.site, category="ecg")
    wanted = [(here.network.site.pk, "ecg")]
    with pytest.raises(Conflict, match="coverage_taken"):
        actions.cover(actor=manager, centre_id=here.centre.pk, site_ids=[here.network.site.pk], wanted=wanted)
    with pytest.raises(NotFound):
        actions.set_centre(actor=manager, centre_id=rival.pk, name="x", body={})
    assert Coverage.objects.get().centre == rival
    assert told("centre.coverage") == []


def test_the_wall_keeps_coverage_of_others() -> None:
    """Behind the wall nobody writes coverage or readers of another hospital, whatever the code forgets to ask."""
    here, there = room(), small_network()
    rival = ReadingCentre.objects.create(code="RIVAL", name="别的中心", site=there.site)
    with behind(here.network.actor(Role.MANAGER)):
        Coverage.objects.create(centre=here.centre, site=here.network.site, category="ecg")
        assert ReadingCentre.objects.filter(pk=rival.pk).update(name="x") == 0
        with pytest.raises(Exception, match="row-level security"):
            Coverage.objects.create(centre=here.centre, site=there.site, category="ecg")


def test_an_account_becomes_a_reader_and_is_taken_off(here: Room) -> None:
    """An account with the role gets a post and reads; who has not read yet can be taken off, who has cannot."""
    manager = here.network.actor(Role.MANAGER)
    user = User.objects.create_user("gu", first_name="顾怀远")
    with pytest.raises(InvalidInput):
        actions.set_reader(actor=manager, centre_id=here.centre.pk, user_id=user.pk, grade="senior")
    assert not Practitioner.objects.filter(user=user).exists()
    Grant.objects.create(user=user, role=Role.READER, organisation=here.network.organisation)
    assert list(query.could_read(here.centre)) == [user]
    made = actions.set_reader(
        actor=manager, centre_id=here.centre.pk, user_id=user.pk, grade="senior", specialties=["chest"], head=True
    )
    assert (made.label, made.grade, made.specialties, made.head) == ("顾怀远", "senior", ["chest"], True)
    changed = actions.set_reader(actor=manager, centre_id=here.centre.pk, reader_id=made.pk, grade="resident")
    assert (changed.grade, changed.specialties, changed.head) == ("resident", [], False)
    actions.drop_reader(actor=manager, centre_id=here.centre.pk, reader_id=made.pk)
    author = here.reader()
    here.signed(author)
    with pytest.raises(Conflict, match="reader_wrote"):
        actions.drop_reader(actor=manager, centre_id=here.centre.pk, reader_id=here.of(author).pk)
    assert Reader.objects.get() == here.of(author)


def test_a_template_comes_and_goes(here: Room) -> None:
    """Reports start from what is written; an empty form takes the template away; two fields of one code are refused."""
    manager, item = here.network.actor(Role.MANAGER), here.items["imaging"]
    fields = [{"key": "a", "name": "甲"}]
    actions.set_template(actor=manager, item_id=item.pk, impression="未见异常。", fields=fields)
    assert ReportTemplate.objects.get().fields == fields
    with pytest.raises(InvalidInput):
        actions.set_template(actor=manager, item_id=item.pk, fields=fields * 2)
    assert ReportTemplate.objects.get().impression == "未见异常。"
    assert actions.set_template(actor=manager, item_id=item.pk) is None
    assert not ReportTemplate.objects.exists()
    assert len(told("centre.template")) == 2


def test_a_new_centre_needs_a_code_of_its_own(here: Room) -> None:
    """A code that is taken is refused in words, and no centre is made."""
    with pytest.raises(InvalidInput) as refused:
        actions.make_centre(
            actor=here.network.actor(Role.ADMINISTRATOR), site_id=here.network.site.pk, code=here.centre.code, name="x"
        )
    assert refused.value.params["fields"] == {"code": "centre_code_taken"}
    assert ReadingCentre.objects.get() == here.centre
