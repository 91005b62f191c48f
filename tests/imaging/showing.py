"""An order with images of several kinds in the archive, found and matched, for the pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from tests.imaging import orthanc
from yipan.base.access import SYSTEM
from yipan.codecs.dicom.tests.making import ct_slice, ecg, new, phantom
from yipan.interop.dicom import archive as client
from yipan.lines.exams import actions
from yipan.lines.exams.models import ExamOrder
from yipan.lines.exams.tests.one_scanner import Radiology
from yipan.spine.testing import NOON

SIDE, SLICES = 128, 12
DAY = "20260302"


def order_with_images(clinic: Radiology, archive: orthanc.Archive, folder: Path) -> ExamOrder:
    """A head scan of twelve slices, a radiograph whose white is air, of two frames, and a picture in colour."""
    order = clinic.order(clinic.patient())
    study, series = generate_uid(), generate_uid()
    told = {"study": study, "accession": order.accession, "StudyDate": DAY}
    slices = [ct_slice(number, side=SIDE, series=series, **told) for number in range(1, SLICES + 1)]
    _send(archive, folder, *slices, _radiograph(**told), _picture(**told))
    _find()
    return order


def order_with_ecg(clinic: Radiology, archive: orthanc.Archive, folder: Path) -> ExamOrder:
    """A recording of ten seconds at 75 beats a minute."""
    order = clinic.order(clinic.patient(), NOON + timedelta(hours=1))
    _send(archive, folder, ecg(accession=order.accession, StudyDate=DAY))
    _find()
    return order


def _send(archive: orthanc.Archive, folder: Path, *objects: FileDataset) -> None:
    """As a device sends them."""
    paths = [folder / f"{data.SOPInstanceUID}.dcm" for data in objects]
    for path, data in zip(paths, objects, strict=True):
        data.save_as(path, enforce_file_format=True)
    archive.store(*paths)


def _find() -> None:
    archive = client.plugged()
    assert archive is not None
    day = NOON.date()
    actions.take_studies(actor=SYSTEM, found=archive.studies(day, day))


def _radiograph(**told: object) -> FileDataset:
    """MONOCHROME1, 8 bits, two frames: a bright and a dark field; a quarter of a millimetre at the detector."""
    data = new(SecondaryCaptureImageStorage, Modality="DX", SeriesNumber=2, **told)
    data.SeriesDescription, data.Rows, data.Columns = "胸片", 64, 96
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME1"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    data.NumberOfFrames, data.ImagerPixelSpacing = 2, [0.25, 0.25]
    data.WindowCenter, data.WindowWidth = 128, 256
    frames = np.stack([np.full((64, 96), 40, np.uint8), np.full((64, 96), 200, np.uint8)])
    data.PixelData = frames.tobytes()
    return data


def _picture(**told: object) -> FileDataset:
    """RGB: red left, blue right."""
    data = new(SecondaryCaptureImageStorage, Modality="ES", SeriesNumber=3, **told)
    data.SeriesDescription, data.Rows, data.Columns = "内镜", 64, 64
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32, 0], pixels[:, 32:, 2] = 220, 180
    data.PixelData = pixels.tobytes()
    return data


def units(slice_number: int) -> np.ndarray:
    """Hounsfield units of a slice, as they were sent."""
    return phantom(SIDE, slice_number)
