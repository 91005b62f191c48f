"""A reading centre for tests: a scanner, a catalogue of three items, readers of each grade, and performed orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.access.models import Grant
from yipan.base.access.queries import actor_of
from yipan.lines.exams import actions
from yipan.lines.exams.actions.reports import Wording
from yipan.lines.exams.models import CriticalFinding, ExamItem, ExamOrder, Reader, Reading, ReadingCentre
from yipan.lines.exams.models.resources import DEVICE
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.models import Request
from yipan.spine.testing import NOON, SmallNetwork, patient, practitioner, small_network

MINUTE = timedelta(minutes=1)
LONG = timedelta(hours=8)
WORDS = Wording("双肺未见异常。", "胸部 CT 平扫未见明显异常。", False)
_numbers = count(1)


@dataclass
class Room:
    """A hospital with its centre; `items` by category, `people` by name."""

    network: SmallNetwork
    centre: ReadingCentre
    items: dict[str, ExamItem]
    people: dict[str, Reader] = field(default_factory=dict)

    def reader(self, name: str = "", *, grade: str = "attending", specialties: tuple[str, ...] = (), head: bool = False,
               on_duty: bool = True) -> Actor:  # fmt: skip
        """Somebody who reads here, as an actor."""
        user = User.objects.create(username=f"reader{next(_numbers)}", first_name=name or f"阅片{next(_numbers)}")
        Grant.objects.create(user=user, role=Role.READER, organisation=self.network.organisation)
        post = practitioner(self.network.departments["neurology"])
        post.user, post.name, post.name_en = user, user.first_name, ""
        post.save()
        self.people[post.name] = Reader.objects.create(
            centre=self.centre,
            practitioner=post,
            grade=grade,
            specialties=list(specialties),
            head=head,
            duty_until=NOON + LONG if on_duty else None,
        )
        return actor_of(user)

    def of(self, actor: Actor) -> Reader:
        """The reader of an actor."""
        return Reader.objects.get(practitioner__user_id=actor.user_id)

    def order(self, category: str = "imaging", *, network: SmallNetwork | None = None, priority: str = "elective",
              at: datetime = NOON, inpatient: bool = False, **facts: Any) -> ExamOrder:  # fmt: skip
        """An order whose examination ended at an instant."""
        where, n = network or self.network, next(_numbers)
        home = where.departments["neurology"]
        request = Request.objects.create(
            line="exams",
            patient=patient(),
            site=where.site,
            home_department=home,
            attending=practitioner(home),
            priority=priority,
            wanted_from=at - LONG,
            created_at=at - LONG,
            created_by="tester",
        )
        order = ExamOrder.objects.create(
            request=request, item=self.items[category], accession=f"T{n:08}", inpatient=inpatient, **facts
        )
        capacity = capacities.make(kind=DEVICE, site_id=where.site.pk)
        claim = Claim(capacity.pk, request, at - 10 * MINUTE, at, body=False, attends=True)
        row = booking.occupy(claim=claim, by=SYSTEM, at=at - 10 * MINUTE)
        booking.depart(booking_id=row.id, by=SYSTEM, turnover_length=timedelta(0), at=at)
        return order

    def reading(self, category: str = "imaging", **facts: Any) -> Reading:
        """A performed order that was given to its centre."""
        made = actions.ask_for_reading(actor=SYSTEM, order_id=self.order(category, **facts).pk)
        assert made is not None
        return made

    def signed(self, author: Actor, category: str = "imaging", **facts: Any) -> Reading:
        """A reading that somebody signed."""
        row = self.reading(category, **facts)
        actions.claim(actor=author, order_id=row.pk)
        actions.sign(actor=author, order_id=row.pk, wording=WORDS)
        row.refresh_from_db()
        return row


def room(**policy: Any) -> Room:
    """Make it."""
    network, n = small_network(), next(_numbers)
    items = {
        category: ExamItem.objects.create(
            code=f"{category}-{n}", name=name, name_en=english, category=category, modality=modality
        )
        for category, modality, name, english in (
            ("imaging", "CT", "胸部 CT 平扫", "Chest CT"),
            ("ecg", "ECG", "十二导联心电图", "12-lead ECG"),
            ("laboratory", "", "血钾", "Potassium"),
        )
    }
    items["neuro"] = ExamItem.objects.create(
        code=f"neuro-{n}", name="头颅 CT", name_en="Head CT", category="imaging", modality="CT", specialty="neuro"
    )
    centre = ReadingCentre.objects.create(
        code=f"RC{n}", name=f"影像中心{n}", name_en=f"Imaging centre {n}", site=network.site, policy=policy
    )
    CriticalFinding.objects.get_or_create(
        code="pneumothorax", defaults={"name": "张力性气胸", "name_en": "Tension pneumothorax", "category": "imaging"}
    )
    return Room(network, centre, items)
