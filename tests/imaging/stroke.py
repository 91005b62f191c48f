"""Where a stroke patient goes: a village, the county hospital, a reading centre, a city hospital; and who is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User

from tests.journeys.hospital import morning_zone
from tests.lines.scene import Scene, make
from yipan.base.access import SYSTEM
from yipan.base.access.models import Grant, Practitioner
from yipan.base.access.roles import Role
from yipan.base.network.models import Organisation, Site
from yipan.kernel import clock
from yipan.lines.dispatch import actions as dispatch
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.exams import actions as exams
from yipan.lines.exams.models import Coverage, Reader, ReadingCentre
from yipan.lines.exams.tests.one_scanner import TITLE
from yipan.spine.models import Booking
from yipan.spine.testing import SmallNetwork, patient, practitioner, small_network


@dataclass
class Way:
    """The scene of the booking with its people at their posts; `city` is where the patient is seen next."""

    scene: Scene
    city: SmallNetwork

    @property
    def county(self) -> SmallNetwork:
        return self.scene.world.county

    def take_ambulance(self) -> Booking:
        """Somebody else of the county is carried by the ambulance that would be offered first."""
        home = self.county.departments["neurosurgery"]
        asked = TransportFacts(from_site=self.county.site.pk, to_site=self.city.site.pk)
        carried = dispatch.request_transport(
            actor=SYSTEM, patient_id=patient().pk, home_department_id=home.pk, asked=asked, priority="urgent"
        )
        now, vehicle = clock.now(), self.scene.vehicle_id
        return dispatch.assign_vehicle(actor=SYSTEM, request_id=carried.pk, vehicle_id=vehicle, leave=now)


def lay(*, direct: bool) -> Way:
    """Make it. `direct`: the village may reserve at the county hospital without asking."""
    scene, centre, city = (
        make(direct=direct),
        small_network(wards={"imaging": 2}),
        small_network(wards={"neurology": 2}),
    )
    way, world = Way(scene, city), scene.world
    county, village = world.county, world.village.site.organisation
    for place, name, english in (
        (county.organisation, "青山县人民医院", "Qingshan County Hospital"),
        (county.site, "县医院", "County Hospital"),
        (village, "柳河村卫生室", "Liuhe Village"),
        (world.village.site, "柳河村", "Liuhe Village"),
        (centre.organisation, "县域影像中心", "Imaging Centre"),
        (city.organisation, "市第一医院", "City Hospital"),
        (city.site, "市第一医院", "City Hospital"),
    ):
        _call(place, name, english)
    # The hospital lets a scan serve in an emergency too: nobody scans the same head twice within hours.
    exams.set_rule(actor=SYSTEM, item_id=scene.head.pk, valid_hours=14 * 24, for_critical=True)
    scene.scanner.ae_title = TITLE
    scene.scanner.save()
    dispatch.save_vehicle(actor=SYSTEM, site_id=county.site.pk, call_sign="急救2", level="basic")
    posts = {
        "village": (Role.DOCTOR, village, practitioner(world.village)),
        "ren": (Role.DOCTOR, county.organisation, practitioner(county.departments["neurology"])),
        "crew": (Role.DISPATCHER, county.organisation, None),
        "deng": (Role.TECHNICIAN, county.organisation, Practitioner.objects.get(technician__isnull=False)),
        "luo": (Role.READER, centre.organisation, practitioner(centre.departments["imaging"])),
        "shen": (Role.DOCTOR, city.organisation, practitioner(city.departments["neurology"])),
    }
    people = {name: _person(name, *post) for name, post in posts.items()}
    imaging = ReadingCentre.objects.create(code="RC", name="影像中心", name_en="Imaging centre", site=centre.site)
    Coverage.objects.create(centre=imaging, site=county.site, category="imaging")
    Reader.objects.create(centre=imaging, practitioner=people["luo"], duty_until=clock.now() + timedelta(hours=8))
    return way


def _call(place: Organisation | Site, name: str, english: str) -> None:
    place.name, place.name_en = name, english
    if isinstance(place, Site):
        place.time_zone = morning_zone()
    place.save()


def _person(name: str, role: Role, where: Organisation, post: Practitioner | None) -> Practitioner | None:
    user = User.objects.create(username=name, first_name=name, password="!")
    Grant.objects.create(user=user, role=role, organisation=where)
    if post is not None:
        post.user = user
        post.save()
    return post
