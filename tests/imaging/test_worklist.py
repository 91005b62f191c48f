"""Devices ask for their worklist with dcmtk's own programs."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.imaging.device import ask
from yipan.interop.dicom.worklist import Listening
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams.tests.one_scanner import TITLE, Radiology
from yipan.spine.testing import NOON

pytestmark = pytest.mark.archive


def test_a_device_is_told_what_is_planned_on_it(clinic: Radiology, service: Listening, tmp_path: Path) -> None:
    """The scanner hears of its two patients of the day with names in Chinese, and not of tomorrow's."""
    first = clinic.order(clinic.patient())
    second = clinic.order(clinic.patient("李小敏"), NOON + timedelta(hours=1))
    clinic.order(clinic.patient("王建国"), NOON + timedelta(days=1))
    answers = ask(service, tmp_path)
    assert [a.AccessionNumber for a in answers] == [first.accession, second.accession]
    told = answers[0]
    assert (told.SpecificCharacterSet, str(told.PatientName)) == ("ISO_IR 192", "QIAOLIMIN=乔立民")
    assert told.RequestedProcedureDescription == "颅脑 CT 平扫"
    step = told.ScheduledProcedureStepSequence[0]
    assert (step.Modality, step.ScheduledStationAETitle) == ("CT", TITLE)
    assert (step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime) == ("20260302", "120000")
    assert told.PatientID == first.request.patient.identifiers.get().value


def test_a_device_finds_one_patient_by_number_or_name(clinic: Radiology, service: Listening, tmp_path: Path) -> None:
    """Accession number, and a name with a wildcard, choose among the patients of the day."""
    wanted = clinic.order(clinic.patient("李小敏"))
    clinic.order(clinic.patient("王建国"), NOON + timedelta(hours=1))
    by_number, by_name = tmp_path / "number", tmp_path / "name"
    by_number.mkdir()
    by_name.mkdir()
    found = ask(service, by_number, f"AccessionNumber={wanted.accession}")
    assert [a.AccessionNumber for a in found] == [wanted.accession]
    found = ask(service, by_name, "SpecificCharacterSet=ISO_IR 192", "PatientName=李*")
    assert [a.AccessionNumber for a in found] == [wanted.accession]


def test_what_was_given_back_is_not_on_the_list(clinic: Radiology, service: Listening, tmp_path: Path) -> None:
    """An order without a firm booking is nothing that a device should examine."""
    clinic.order(clinic.patient(), booked=False)
    assert ask(service, tmp_path) == []


def test_a_stranger_is_told_nothing_and_why(clinic: Radiology, service: Listening) -> None:
    """An AE title that no device has is answered with a failure that names it, not with an empty list."""
    clinic.order(clinic.patient())
    command = ["findscu", "-v", "-W", "-aet", "STRANGER", "-aec", "YIPAN", "127.0.0.1", str(service.port)]
    done = subprocess.run([*command, "-k", "PatientName"], capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    assert "Pending" not in said
    assert "UnableToProcess" in said


def test_without_a_day_a_device_hears_of_the_days_ahead(clinic: Radiology, tmp_path: Path) -> None:
    """A device that names no day is told from yesterday to two weeks ahead, not everything that ever was."""
    from yipan.lines.exams.wire import worklist

    with clock.using(FrozenClock(NOON)):
        soon = clinic.order(clinic.patient(), NOON + timedelta(days=3))
        clinic.order(clinic.patient("李小敏"), NOON + timedelta(days=30))
        told = worklist.asked(TITLE, first=None, last=None)
    assert [item.accession for item in told] == [soon.accession]


def test_an_echo_is_answered(service: Listening) -> None:
    """The usual test of a connection, C-ECHO, succeeds for anybody."""
    done = subprocess.run(["echoscu", "127.0.0.1", str(service.port)], capture_output=True, timeout=60)
    assert done.returncode == 0
