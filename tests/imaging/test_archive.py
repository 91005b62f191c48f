"""Studies go into a real archive as modalities send them, and Yipan finds, matches and shows them."""

from __future__ import annotations

import socket
import subprocess
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import RLELossless, generate_uid

from tests.imaging import orthanc
from yipan.codecs.dicom.tests.making import ct_slice, ecg, phantom
from yipan.interop.dicom import archive as client
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import NotFound, Unavailable
from yipan.lines.exams.models import Study
from yipan.lines.exams.tests.one_scanner import Radiology
from yipan.lines.exams.wire import finding
from yipan.spine.models import Event
from yipan.spine.testing import NOON

pytestmark = pytest.mark.archive
TODAY = "20260302"


def files(folder: Path, count: int = 3, *, compressed: bool = False, **told: object) -> list[Path]:
    """A series of slices as files."""
    series, study = generate_uid(), str(told.pop("study", "") or generate_uid())
    paths = []
    for number in range(1, count + 1):
        data = ct_slice(number, series=series, study=study, StudyDate=TODAY, **told)
        if compressed:
            data.compress(RLELossless, generate_instance_uid=False)
        paths.append(folder / f"{series}-{number}.dcm")
        data.save_as(paths[-1], enforce_file_format=True)
    return paths


@pytest.fixture
def noon():
    """The worker looks at noon of the day of the studies."""
    with clock.using(FrozenClock(NOON)) as frozen:
        yield frozen


def test_a_study_finds_its_order_by_accession_number(
    archive: orthanc.Archive, clinic: Radiology, noon: FrozenClock, tmp_path: Path
) -> None:
    """A CT sent by storescu is found once and matched; its order is told; a second look changes nothing."""
    order = clinic.order(clinic.patient())
    archive.store(*files(tmp_path, accession=order.accession))
    assert finding.find_studies() == 1
    study = Study.objects.get()
    assert study.order == order
    assert (study.modalities, study.series, study.instances, study.description) == ("CT", 1, 3, "颅脑 CT 平扫")
    event = Event.objects.get(kind="exam.imaged")
    assert (event.request_id, event.data["by"]) == (order.pk, "accession")
    assert finding.find_studies() == 0
    assert Event.objects.filter(kind="exam.imaged").count() == 1


def test_a_growing_study_is_counted_again(
    archive: orthanc.Archive, clinic: Radiology, noon: FrozenClock, tmp_path: Path
) -> None:
    """Slices that follow later add to the study that is known, and no second study appears."""
    order, uid = clinic.order(clinic.patient()), generate_uid()
    archive.store(*files(tmp_path, 2, study=uid, accession=order.accession))
    finding.find_studies()
    archive.store(*files(tmp_path, 4, study=uid, accession=order.accession))
    assert finding.find_studies() == 1
    assert (Study.objects.get().series, Study.objects.get().instances) == (2, 6)


def test_frames_come_back_as_they_were_made(archive: orthanc.Archive, tmp_path: Path) -> None:
    """Pixels of a plain and of a compressed series come back uncompressed and right, the slices in order."""
    for compressed in (False, True):
        paths = files(tmp_path, 3, study=generate_uid(), compressed=compressed)
        archive.store(*paths, propose="rle" if compressed else "little")
        asked = client.plugged()
        assert asked is not None
        (study,) = [s for s in asked.studies(NOON.date(), NOON.date()) if s.instances == 3][-1:]
        (series,) = asked.series(study.uid)
        images, others = asked.images(study.uid, series.uid)
        assert (others, [image.number for image in images]) == ([], [1, 2, 3])
        pixels = np.frombuffer(asked.frame(study.uid, series.uid, images[2].uid, 1), "<i2").reshape(64, 64)
        assert np.array_equal(pixels - 1024, phantom(64, 3))
        archive.empty()


@pytest.mark.parametrize("name", ["SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_+eb+cy+s2.dcm", "MR_small_RLE.dcm"])
def test_the_archive_decompresses_what_yipan_cannot(archive: orthanc.Archive, name: str) -> None:
    """JPEG in YBR colours arrives as RGB and is told as such; run lengths arrive with every value as it was."""
    sample = get_testdata_file(name, download=False)
    if sample is None:
        pytest.skip("this pydicom brings no such sample")
    data = dcmread(str(sample))
    archive.upload(Path(str(sample)).read_bytes())
    asked = client.plugged()
    assert asked is not None
    ((image,), _) = asked.images(data.StudyInstanceUID, data.SeriesInstanceUID)
    frame = asked.frame(data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID, 1)
    assert image.photometric in ("RGB", "MONOCHROME2")
    form = "u1" if image.bits_allocated == 8 else "<i2" if image.signed else "<u2"
    assert np.array_equal(np.frombuffer(frame, form).reshape(data.pixel_array.shape), data.pixel_array)


def test_what_the_archive_cannot_decompress_is_told(archive: orthanc.Archive) -> None:
    """Orthanc without its GDCM plugin has no JPEG 2000: that is a sentence of its own, with the way out."""
    sample = get_testdata_file("MR_small_jp2klossless.dcm", download=False)
    if sample is None:
        pytest.skip("this pydicom brings no such sample")
    data = dcmread(str(sample))
    archive.upload(Path(str(sample)).read_bytes())
    asked = client.plugged()
    assert asked is not None
    with pytest.raises(Unavailable, match="archive_no_frames"):
        asked.frame(data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID, 1)


def test_an_electrocardiogram_is_stored_and_read_back(archive: orthanc.Archive) -> None:
    """STOW-RS keeps an ECG; storing it twice changes nothing, and it comes back as it was."""
    asked, data = client.plugged(), ecg(StudyDate=TODAY)
    assert asked is not None
    asked.store(data)
    asked.store(data)
    (study,) = asked.studies(NOON.date(), NOON.date())
    assert (study.modalities, study.instances) == (("ECG",), 1)
    back = asked.instance(study.uid, data.SeriesInstanceUID, data.SOPInstanceUID)
    assert back.WaveformSequence[0].WaveformData == data.WaveformSequence[0].WaveformData
    images, others = asked.images(study.uid, data.SeriesInstanceUID)
    assert (images, others) == ([], [data.SOPInstanceUID])


def test_an_archive_that_is_away_or_refuses_is_told_as_such(
    archive: orthanc.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, a closed port and an unknown study are three different sentences, and none is an exception."""
    asked = client.plugged()
    assert asked is not None
    with pytest.raises(NotFound, match="archive_no_object"):
        asked.series("1.2.3")
    with pytest.raises(NotFound, match="archive_no_object"):
        asked.frame("1.2.3", "1.2.3", "../../etc", 1)
    monkeypatch.setenv("YIPAN_ARCHIVE_PASSWORD", "wrong")
    monkeypatch.setenv("YIPAN_ARCHIVE_URL", archive.url + "/")
    with pytest.raises(Unavailable, match="archive_refused"):
        client.WebArchive(archive.url, NOON.tzinfo).series("1.2.3")
    monkeypatch.setenv("YIPAN_ARCHIVE_URL", "http://127.0.0.1:9/dicom-web")
    asked = client.plugged()
    assert asked is not None
    with pytest.raises(Unavailable, match="archive_away"):
        list(asked.studies(NOON.date(), NOON.date()))


def test_a_connection_that_was_closed_while_it_rested_is_opened_anew() -> None:
    """An archive that closes what rests, as Orthanc does after a second, is asked again at once."""
    asked: list[bytes] = []

    def answer(listener: socket.socket) -> None:
        """The second question on the first connection crosses with its end."""
        for questions in (2, 1):
            near, _ = listener.accept()
            with near:
                for question in range(questions):
                    asked.append(near.recv(65536))
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: 2\r\n\r\n"
                    near.sendall(head + b"[]" if question == 0 else b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        archive = client.WebArchive(f"http://127.0.0.1:{listener.getsockname()[1]}", ZoneInfo("Asia/Shanghai"))
        assert list(archive.studies(NOON.date(), NOON.date())) == []
        assert list(archive.studies(NOON.date(), NOON.date())) == []
        thread.join(30)
    assert len(asked) == 3


def test_nothing_of_the_archive_is_reachable_but_its_two_ports(archive: orthanc.Archive) -> None:
    """On this machine nobody listens at Orthanc's own ports: it sits in a network of its own."""
    listening = subprocess.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True).stdout
    ports = {int(line.split()[1].split(":")[1], 16) for line in listening.splitlines() if line.split()[0][0].isdigit()}
    assert not ports & {orthanc.HTTP, orthanc.DICOM}
