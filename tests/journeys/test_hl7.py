"""A hospital system admits and discharges over MLLP, and somebody's open board follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.journeys import processes
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person
from yipan.base.network.models import Bed
from yipan.codecs.hl7v2.build import Envelope, Stay, build_adt
from yipan.codecs.hl7v2.build import Person as Patient
from yipan.codecs.hl7v2.types import CX, HD, PL, XPN
from yipan.interop.mllp import client
from yipan.kernel import clock

pytestmark = pytest.mark.browser


@pytest.fixture
def listener(hospital: Hospital, address: str, ports: tuple[int, int]) -> Iterator[int]:
    """The HL7 listener beside the pages; its port."""
    with processes.running("hl7 listen", processes.database_url(), *ports, processes.listens(ports[1])):
        yield ports[1]


def adt(trigger: str, control_id: str, hospital: Hospital, bed: Bed, **times: Any) -> bytes:
    """What the hospital's system says about the man in this bed."""
    facility = hospital.network.organisation.code
    location = PL(point_of_care=bed.room.ward.code, room=bed.room.label, bed=bed.label)
    return build_adt(
        trigger,
        control_id=control_id,
        at=clock.now(),
        patient=Patient(
            identifiers=(CX(id="770012", assigner=HD(namespace=facility), type="MR"),),
            name=XPN(family="乔", given="立民", representation="I"),
            sex="male",
            birth_date=date(1949, 8, 30),
        ),
        stay=Stay(location=location, **times),
        envelope=Envelope(sender=("HIS", facility), charset="UNICODE UTF-8"),
    ).encode()


def test_the_board_follows_the_hospitals_system(
    hospital: Hospital, person: Callable[..., Person], listener: int
) -> None:
    """A01 fills the cell, A03 sends the bed to cleaning, both are shown as applied, and no page is reloaded."""
    bed = hospital.bed(0)
    board = person("zh-hans")
    board.come_as("zhou", f"/beds?site={hospital.network.site.code}")
    page = board.page
    page.wait_for_selector(f"#b{bed.pk}.free")
    board.is_live()
    board.mark()
    messages = person("en")
    messages.come_as("wu", "/messages")

    arrive = adt("A01", "J1", hospital, bed, admitted_at=clock.now())
    assert [client.accepted(*answer) for answer in client.send("127.0.0.1", listener, [arrive])] == [True]
    page.wait_for_selector(f"#b{bed.pk}:not(.free)")
    assert "男" in page.inner_text(f"#b{bed.pk} .what")
    leave = adt("A03", "J2", hospital, bed, discharged_at=clock.now())
    assert [client.accepted(*answer) for answer in client.send("127.0.0.1", listener, [leave])] == [True]
    page.wait_for_selector(f"#b{bed.pk}.cleaning")
    assert board.still_here()
    messages.page.reload()
    assert messages.page.get_by_text(messages.says("Applied"), exact=True).count() >= 2
