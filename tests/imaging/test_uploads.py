"""Recordings that a device exported as files go into the archive under their order."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from tests.imaging import orthanc
from yipan.base.access import Role
from yipan.codecs.dicom.tests.making import bytes_of, ct_slice, ecg
from yipan.interop.dicom import archive as client
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from yipan.lines.exams.actions import store_ecg
from yipan.lines.exams.models import Study
from yipan.lines.exams.tests.one_scanner import Radiology
from yipan.lines.exams.wire import finding
from yipan.spine.models import Event
from yipan.spine.testing import NOON, small_network

pytestmark = pytest.mark.archive


def stored(study: Study) -> Dataset:
    """What the archive has of it."""
    archive = client.plugged()
    assert archive is not None
    (series,) = archive.series(study.uid)
    _, (instance,) = archive.images(study.uid, series.uid)
    return archive.instance(study.uid, series.uid, instance)


def test_an_upload_is_stored_and_belongs_to_its_order(archive: orthanc.Archive, clinic: Radiology) -> None:
    """The file gets the order's numbers and keeps what stood there before; a second upload changes nothing."""
    order, technician = clinic.order(clinic.patient()), clinic.network.actor(Role.TECHNICIAN, name="技师陈")
    raw = bytes_of(ecg(accession="CART-7", PatientID="", StudyDate="20260302"))
    study = store_ecg(actor=technician, request_id=order.pk, raw=raw)
    assert (study.order, study.attached_by, study.modalities) == (order, "技师陈", "ECG")
    back = stored(study)
    assert (back.AccessionNumber, str(back.PatientName)) == (order.accession, "乔立民")
    kept = back.OriginalAttributesSequence[0].ModifiedAttributesSequence[0]
    assert kept.AccessionNumber == "CART-7"
    assert store_ecg(actor=technician, request_id=order.pk, raw=raw) == study
    assert Event.objects.filter(kind="exam.imaged", request_id=order.pk).count() == 1
    finding.find_late_studies()
    assert Study.objects.get().order == order


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"no DICOM file", "dicom_not_a_file"),
        (bytes_of(ct_slice(1)), "dicom_not_an_ecg"),
        (bytes_of(ecg(PatientBirthDate="19700101")), "study_other_patient"),
        (bytes_of(ecg(PatientName="Wang^Jianguo", PatientBirthDate="", PatientID="")), "study_other_patient"),
    ],
    ids=["no DICOM", "a CT", "another birth date", "another name"],  # bytes that differ in each process name no test
)
def test_what_does_not_fit_is_refused_and_not_stored(
    archive: orthanc.Archive, clinic: Radiology, raw: bytes, code: str
) -> None:
    """Another kind of file, or another person's, goes neither into the archive nor to the order."""
    order = clinic.order(clinic.patient())
    with pytest.raises((InvalidInput, Conflict), match=code):
        store_ecg(actor=clinic.network.actor(Role.TECHNICIAN), request_id=order.pk, raw=raw)
    assert (archive.ask("/studies"), Study.objects.count()) == ([], 0)


def test_nobody_uploads_where_they_do_not_work(archive: orthanc.Archive, clinic: Radiology) -> None:
    """A technician of another hospital and a doctor are refused, and the archive stays empty."""
    order, raw = clinic.order(clinic.patient()), bytes_of(ecg())
    with pytest.raises(NotFound, match="exam_order_unknown"):
        store_ecg(actor=small_network().actor(Role.TECHNICIAN), request_id=order.pk, raw=raw)
    with pytest.raises(Refused):
        store_ecg(actor=clinic.network.actor(Role.DOCTOR), request_id=order.pk, raw=raw)
    assert archive.ask("/studies") == []


def test_an_archive_that_is_away_leaves_no_trace(
    archive: orthanc.Archive, clinic: Radiology, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recording that could not be stored is not told as if it were."""
    order = clinic.order(clinic.patient(), NOON)
    monkeypatch.setenv("YIPAN_ARCHIVE_URL", "http://127.0.0.1:9/dicom-web")
    with pytest.raises(Unavailable, match="archive_away"):
        store_ecg(actor=clinic.network.actor(Role.TECHNICIAN), request_id=order.pk, raw=bytes_of(ecg()))
    assert (Study.objects.count(), Event.objects.filter(kind="exam.imaged").count()) == (0, 0)
