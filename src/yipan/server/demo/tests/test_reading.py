"""The demo's reading centre can be worked in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from yipan.base.network.models import Organisation, Site
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams.models import CriticalValue, Device, ExamItem, PeerReview, Reader, Reading, Report
from yipan.lines.exams.models.resources import DEVICE
from yipan.server.demo import reading
from yipan.server.demo.reading_reports import words_of
from yipan.spine import capacities
from yipan.spine.models import Event
from yipan.spine.testing import NOON, practitioner, small_network

pytestmark = pytest.mark.django_db


def furnish() -> None:
    """A hospital under the demo's codes with a few devices."""
    network = small_network()
    Organisation.objects.filter(pk=network.organisation.pk).update(code="YJ")
    Site.objects.filter(pk=network.site.pk).update(code="YJ1-A")
    home = network.departments["neurology"]
    practitioner(home)
    User.objects.create(username="reader")
    for code, category, modality in (
        ("CT-HEAD", "imaging", "CT"),
        ("DX-CHEST", "imaging", "DX"),
        ("ECG-12", "ecg", "ECG"),
        ("US-ABD", "ultrasound", "US"),
        ("ES-GAST", "endoscopy", "ES"),
    ):
        item = ExamItem.objects.create(code=code, name=code, category=category, modality=modality)
        for number in range(8):
            capacity = capacities.make(kind=DEVICE, site_id=network.site.pk)
            device = Device.objects.create(
                capacity=capacity, code=f"{code}-{number}", name=code, department=home, modality=modality
            )
            device.items.add(item)


def test_without_devices_there_is_nothing_to_read() -> None:
    """An empty network gets no centre."""
    assert reading.fill() == 0


def test_the_centre_has_a_past_a_present_and_goes_on() -> None:
    """Signed reports with second readings and amendments, examinations that wait, critical values at every step; an
    hour later the other readers have signed more."""
    furnish()
    with clock.using(FrozenClock(NOON)) as still:
        count = reading.fill()
        waiting = Reading.objects.filter(done_at=None).count()
        assert count > 300
        assert 5 < waiting < 30
        assert Report.objects.filter(stage="final").count() == count - waiting
        assert Report.objects.filter(stage="amended").count() == 4
        assert PeerReview.objects.filter(done_at__isnull=False).exists()
        assert CriticalValue.objects.filter(acted_at=None).count() == 4
        assert CriticalValue.objects.filter(acted_at__isnull=False).exists()
        assert not Event.objects.filter(at__gt=NOON).exists()
        assert Reader.objects.filter(practitioner__user__username="reader", head=True).exists()
        still.advance(timedelta(hours=3))  # type: ignore[attr-defined]
        assert reading.go_on() > 0
        assert Reading.objects.filter(done_at=None).count() < waiting


def test_every_item_of_the_demo_has_words() -> None:
    """What is invented about an examination speaks of it."""
    assert words_of("MR-KNEE")["negative"][1] == "膝关节MR未见明显异常。"
    assert words_of("CT-ABDC")["negative"][1] == "CT未见明显异常。"
