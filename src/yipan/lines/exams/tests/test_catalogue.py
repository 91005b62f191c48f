"""The catalogue comes in whole or not at all, and goes out as it came in."""

from __future__ import annotations

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.network.files import read_bytes
from yipan.base.network.problems import InvalidFile
from yipan.kernel.errors import Refused
from yipan.lines.exams import actions
from yipan.lines.exams.models import CriticalFinding, CriticalRule, Device, ExamItem, Technician
from yipan.lines.exams.policy.hours import hours_text, minute_of, problem, read_hours, shut_spans
from yipan.lines.exams.queries.catalogue import as_file
from yipan.lines.exams.queries.files import SCHEMA, to_zip
from yipan.spine.models import Capacity
from yipan.spine.testing import NOON, small_network

FILE = """
[[items]]
code = "CT-HEAD"
name = "头颅CT平扫"
category = "影像"
modality = "CT"
minutes = 10
price = 220.5

[[devices]]
code = "CT1"
department = "{home}"
name = "CT 1"
modality = "CT"
ae_title = "CT1"
hours = "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"
items = "CT-HEAD"

[[technicians]]
code = "T1"
department = "{home}"
name = "技师甲"
items = "CT-HEAD"

[[findings]]
code = "ICH"
name = "急性颅内出血"
category = "影像"

[[limits]]
loinc = "2823-3"
name = "血钾"
unit = "mmol/l"
low = 2.5
high = 6.5
"""


@pytest.fixture
def network():
    return small_network()


def take(text: str, **more):
    raw = read_bytes("catalogue.toml", text.encode(), SCHEMA)
    return actions.import_catalogue(actor=SYSTEM, raw=raw, **more)


@pytest.mark.django_db
def test_there_and_back(network):
    """What came in goes out and comes in again without a change; each device and technician is a capacity."""
    text = FILE.format(home=network.departments["neurology"].code)
    assert take(text)["devices"] == {"added": 1, "changed": 0, "retired": 0}
    device = Device.objects.get(code="CT1")
    assert device.hours["6"] == [["08:00", "12:00"]]
    assert device.capacity.site == network.site
    assert CriticalFinding.objects.get().category == "imaging"
    assert CriticalRule.objects.get().unit == "mmol/L"
    assert Capacity.objects.filter(kind="technician", site=network.site).count() == 1
    packed = to_zip(as_file(SYSTEM))
    again = actions.import_catalogue(actor=SYSTEM, raw=read_bytes("x.zip", packed, SCHEMA))
    assert all(not any(counts.values()) for counts in again.values())
    assert to_zip(as_file(SYSTEM)) == packed


@pytest.mark.django_db
def test_changed_and_retired(network):
    """A second file changes what differs; with `replace` what it does not hold is out of use, and stays stored."""
    text = FILE.format(home=network.departments["neurology"].code)
    take(text)
    changed = text.replace("220.5", "200").replace('"CT1"\ndep', '"CT2"\ndep').replace('title = "CT1"', 'title = "CT2"')
    told = take(changed, replace=True)
    assert told["items"] == {"added": 0, "changed": 1, "retired": 0}
    assert told["devices"] == {"added": 1, "changed": 0, "retired": 1}
    other = changed.replace('"2823-3"', '"2345-7"').replace('"ICH"', '"SAH"')
    retired = {table: counts["retired"] for table, counts in take(other, replace=True).items()}
    assert (retired["findings"], retired["limits"]) == (1, 1)
    assert list(CriticalRule.objects.filter(in_use=True).values_list("loinc", flat=True)) == ["2345-7"]
    assert Device.objects.count() == 2
    assert take(changed, replace=True)["devices"]["retired"] == 0


@pytest.mark.django_db
def test_every_mistake_is_named_and_nothing_written(network):
    """Row, column and what to do for each wrong cell at once; nothing of the file is stored."""
    text = FILE.format(home="NOWHERE").replace('"1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"', '"1-5 12:00-08:00"')
    text = text.replace("2823-3", "2823-4").replace("mmol/l", "mmol per l")
    text += '[[limits]]\nloinc = "777-3"\nname = "血小板"\nunit = "10^9/L"\nlow = 7\nhigh = 6.5\n'
    text += '[[limits]]\nloinc = "2345-7"\nname = "血糖"\nunit = "mmol/L"\n'
    text += '[[findings]]\ncode = "ICH"\nname = "x"\ncategory = "ecg"\n'
    text = text.replace("minutes = 10", 'minutes = "ten"').replace('items = "CT-HEAD"', 'items = "CT-HEAD MR"')
    with pytest.raises(InvalidFile) as refusal:
        take(text)
    found = {(p.file.split()[-1], p.column, p.code) for p in refusal.value.problems}
    assert found == {
        ("items", "minutes", "network_number_needed"),
        ("devices", "hours", "hours_order"),
        ("technicians", "department", "network_reference_unknown"),
        ("technicians", "items", "network_reference_unknown"),
        ("findings", "code", "network_row_twice"),
        ("limits", "loinc", "loinc_check"),
        ("limits", "unit", "unit_unknown"),
        ("limits", "high", "limit_order"),
        ("limits", "low", "limit_bound"),
    }
    assert not ExamItem.objects.exists()
    assert not CriticalRule.objects.exists()
    assert not Technician.objects.exists()


@pytest.mark.django_db
def test_who_may(network):
    """The catalogue belongs to the whole network: the manager of one hospital of two may not change it."""
    small_network()
    raw = read_bytes("x.toml", FILE.format(home=network.departments["neurology"].code).encode(), SCHEMA)
    with pytest.raises(Refused):
        actions.import_catalogue(actor=network.actor(Role.MANAGER), raw=raw)
    assert not ExamItem.objects.exists()


@pytest.mark.parametrize(
    "text", ["1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00", "7 00:00-24:00", "1-3 08:00-12:00; 5-7 09:00-10:30", ""]
)
def test_hours_as_text(text):
    """Hours that are read and written are the same hours."""
    assert hours_text(read_hours(text)) == text


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ({"8": []}, "hours_weekday"),
        ({"1": [["8", "12:00"]]}, "hours_shape"),
        ({"1": [["08:00", "12:00"], ["11:00", "13:00"]]}, "hours_order"),
        ({"1": [["08:00", "25:00"]]}, "hours_shape"),
    ],
)
def test_hours_that_are_none(hours, code):
    """What is no time, no weekday, or out of order is named."""
    assert problem(hours) == code


def test_shut_over_midnight_and_weekend():
    """Closed spans join over nights and weekends; hours until midnight go on with those of the next day."""
    monday = minute_of(NOON) - 720  # midnight in Shanghai
    day = {"1": [["08:00", "24:00"]], "2": [["00:00", "09:00"]]}
    spans = shut_spans(day, "Asia/Shanghai", monday, monday + 3 * 1440)
    assert [(a - monday, b - monday) for a, b in spans] == [(0, 480), (1440 + 540, 3 * 1440)]
