"""Objects as modalities make them, with invented content: a slice of a phantom, an electrocardiogram, a question."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage, generate_uid

from yipan.codecs.dicom.ecg import LEADS, NUMBERS

CODES = {lead: number for number, lead in NUMBERS.items()}


def bytes_of(data: Dataset) -> bytes:
    """The object as a file."""
    with BytesIO() as file:
        data.save_as(file, enforce_file_format=True)
        return file.getvalue()


def new(
    sop_class: UID, *, study: str = "", accession: str = "", charset: str = "ISO_IR 192", **told: object
) -> FileDataset:
    """An object with the attributes that every object has; `told` adds more by keyword."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = charset
    data.SOPClassUID, data.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID, data.SeriesInstanceUID = study or generate_uid(), generate_uid()
    data.StudyDate, data.StudyTime, data.AccessionNumber = "20261102", "083000", accession
    data.PatientName, data.PatientID = "QIAO LIMIN=乔立民", "770012"
    data.PatientBirthDate, data.PatientSex = "19490830", "M"
    data.StudyID, data.SeriesNumber, data.InstanceNumber = "1", 1, 1
    for keyword, value in told.items():
        setattr(data, keyword, value)
    return data


def phantom(side: int, at: int) -> NDArray[np.int16]:
    """Hounsfield units: air around a disc of water, in it a square of bone and a patch whose value tells the slice."""
    y, x = np.mgrid[:side, :side]
    units = np.full((side, side), -1000, np.int16)
    units[np.hypot(x - side / 2, y - side / 2) < side * 0.45] = 0
    units[side // 2 : side // 2 + side // 8, side // 2 : side // 2 + side // 8] = 700
    units[side // 4 : side // 4 + side // 8, side // 2 : side // 2 + side // 8] = 10 * at
    return units


def ct_slice(at: int, *, side: int = 64, series: str = "", **told: object) -> FileDataset:
    """One slice of the phantom: stored values 1024 above Hounsfield units, half a millimetre between pixels."""
    data = new(CTImageStorage, Modality="CT", InstanceNumber=at, **told)
    if series:
        data.SeriesInstanceUID = series
    data.SeriesDescription, data.StudyDescription = "薄层 1.0 mm", "颅脑 CT 平扫"
    data.Rows = data.Columns = side
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = -1024, 1, "HU"
    data.WindowCenter, data.WindowWidth = 40, 80
    data.PixelSpacing, data.SliceThickness = [0.5, 0.5], 1
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, float(at)], [1, 0, 0, 0, 1, 0]
    data.PixelData = (phantom(side, at) + 1024).astype("<i2").tobytes()
    return data


def beats(seconds: float = 10.0, rate: int = 500, per_minute: int = 75) -> NDArray[np.float64]:
    """Twelve leads in millivolts, [sample, lead]: P, QRS and T as bells; limb leads obey Einthoven and Goldberger."""
    t = np.arange(int(seconds * rate)) / rate
    phase = np.mod(t, 60 / per_minute)

    def bell(at: float, wide: float) -> NDArray[np.float64]:
        return np.exp(-(((phase - at) / wide) ** 2))

    def lead(p: float, q: float, r: float, s: float, t_wave: float) -> NDArray[np.float64]:
        return (
            p * bell(0.16, 0.03)
            - q * bell(0.285, 0.012)
            + r * bell(0.31, 0.016)
            - s * bell(0.335, 0.014)
            + t_wave * bell(0.56, 0.06)
        )

    one, two = lead(0.08, 0.05, 0.7, 0.1, 0.2), lead(0.14, 0.06, 1.2, 0.15, 0.32)
    limbs = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    chest = [
        lead(0.05, 0, r, s, t_wave)
        for r, s, t_wave in (
            (0.2, 1.0, -0.1),
            (0.4, 1.4, 0.5),
            (0.8, 1.0, 0.5),
            (1.3, 0.5, 0.45),
            (1.3, 0.2, 0.35),
            (1.0, 0.1, 0.3),
        )
    ]
    return np.stack(limbs + chest, axis=1)


def ecg(
    millivolts: NDArray[np.float64] | None = None,
    *,
    rate: int = 500,
    leads: tuple[str, ...] = LEADS,
    sensitivity: float = 2.5,
    unit: str = "uV",
    baseline: float = 0.0,
    **told: object,
) -> FileDataset:
    """A 12-lead recording; a stored unit is `sensitivity` times `unit`."""
    samples = beats(rate=rate) if millivolts is None else millivolts
    data = new(TwelveLeadECGWaveformStorage, Modality="ECG", **told)
    data.AcquisitionDateTime, data.StudyDescription = "20261102083000", "12 导联心电图"
    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(leads), len(samples)
    group.SamplingFrequency, group.MultiplexGroupLabel = rate, "RHYTHM"
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.ChannelDefinitionSequence = Sequence([_channel(lead, sensitivity, unit, baseline) for lead in leads])
    microvolts = samples[:, : len(leads)] * {"uV": 1000.0, "mV": 1.0}[unit]
    group.WaveformData = np.round((microvolts - baseline) / sensitivity).astype("<i2").tobytes()
    data.WaveformSequence = Sequence([group])
    return data


def _channel(lead: str, sensitivity: float, unit: str, baseline: float) -> Dataset:
    channel, source, units = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = f"2:{CODES[lead]}", "MDC", f"Lead {lead}"
    units.CodeValue, units.CodingSchemeDesignator, units.CodeMeaning = unit, "UCUM", unit
    channel.ChannelSourceSequence, channel.ChannelSensitivityUnitsSequence = Sequence([source]), Sequence([units])
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = sensitivity, 1
    channel.ChannelBaseline, channel.ChannelSampleSkew, channel.WaveformBitsStored = baseline, 0, 16
    channel.FilterLowFrequency, channel.FilterHighFrequency = 0.05, 150
    return channel
