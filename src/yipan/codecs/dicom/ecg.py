"""Twelve-lead electrocardiograms (PS3.3 A.34.3 and C.10.9; leads by the codes of PS3.16 CID 3001).

A stored sample s means (s · sensitivity · correction + baseline) in the channel's unit (C.10.9.1.4.1); here everything
becomes millivolts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from yipan.codecs.dicom.datasets import items, name_of, number, required_text, text, value, whole
from yipan.codecs.dicom.moments import moment
from yipan.kernel.errors import InvalidInput

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
SOP_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.9.1.1",  # 12-lead ECG
    "1.2.840.10008.5.1.4.1.1.9.1.2",  # general ECG
)
NUMBERS = dict(zip((1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8), LEADS, strict=True))
"""The last number of a lead's code: III is 5.6.3-9-61 of SCP-ECG, and 2:61 of ISO/IEEE 11073 (MDC)."""
UNITS = {"V": 1e3, "mV": 1.0, "uV": 1e-3, "µV": 1e-3, "nV": 1e-6}
"""Millivolts in one unit (UCUM)."""
SAMPLES = {("SS", 16): "<i2", ("US", 16): "<u2", ("SB", 8): "i1", ("UB", 8): "u1"}
LONGEST_SECONDS = 120.0
RATES = (50.0, 40000.0)
"""Samples a second, lowest and highest, that are taken for true."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead in millivolts."""

    name: str
    millivolts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Electrocardiogram:
    """A recording; all leads have the same number of samples, `rate` a second.

    `low`, `high` and `notch` are the device's filters in Hz, None where it tells none.
    """

    leads: tuple[Lead, ...]
    rate: float
    low: float | None
    high: float | None
    notch: float | None

    @property
    def seconds(self) -> float:
        return len(self.leads[0].millivolts) / self.rate


@dataclass(frozen=True, slots=True)
class Identity:
    """What the object says of itself and of the patient."""

    study_uid: str
    series_uid: str
    sop_uid: str
    accession: str
    patient_id: str
    at: Any


def is_ecg(data: Dataset) -> bool:
    """Whether the object is an electrocardiogram."""
    return text(data, "SOPClassUID") in SOP_CLASSES


def identity(data: Dataset, zone: tzinfo) -> Identity:
    """Who and which. Raises InvalidInput `dicom_missing`, `dicom_value`."""
    stamp = text(data, "AcquisitionDateTime")
    day, clock = (stamp[:8], stamp[8:14]) if stamp else (text(data, "ContentDate"), text(data, "ContentTime"))
    return Identity(
        study_uid=required_text(data, "StudyInstanceUID"),
        series_uid=required_text(data, "SeriesInstanceUID"),
        sop_uid=required_text(data, "SOPInstanceUID"),
        accession=text(data, "AccessionNumber"),
        patient_id=text(data, "PatientID"),
        at=moment(day, clock, text(data, "TimezoneOffsetFromUTC"), zone),
    )


def read_ecg(data: Dataset) -> Electrocardiogram:
    """The rhythm recording: the longest group of channels that has leads of the twelve.

    Raises InvalidInput: `dicom_not_an_ecg`, `dicom_missing`, `dicom_value`, `dicom_ecg_leads` when no lead is known.
    """
    if not is_ecg(data):
        raise InvalidInput("dicom_not_an_ecg")
    groups = items(data, "WaveformSequence")
    if not groups:
        raise InvalidInput("dicom_missing", tag=name_of("WaveformSequence"))
    longest = max(groups, key=lambda group: whole(group, "NumberOfWaveformSamples", 0))
    return _group(longest)


def _group(group: Dataset) -> Electrocardiogram:
    channels, count = whole(group, "NumberOfWaveformChannels"), whole(group, "NumberOfWaveformSamples")
    rate = number(group, "SamplingFrequency")
    if not RATES[0] <= rate <= RATES[1]:
        raise InvalidInput("dicom_value", tag=name_of("SamplingFrequency"), value=f"{rate:g}")
    if not 0 < count <= rate * LONGEST_SECONDS:
        raise InvalidInput("dicom_value", tag=name_of("NumberOfWaveformSamples"), value=str(count))
    defined = items(group, "ChannelDefinitionSequence")
    if channels < 1 or len(defined) != channels:
        raise InvalidInput("dicom_value", tag=name_of("ChannelDefinitionSequence"), value=str(len(defined)))
    samples = _samples(group, channels, count)
    found: dict[str, tuple[Dataset, NDArray[np.float64]]] = {}
    for index, channel in enumerate(defined):
        name = lead_of(channel)
        if name and name not in found:
            found[name] = (channel, _millivolts(channel, samples[:, index]))
    if not found:
        raise InvalidInput("dicom_ecg_leads")
    first = next(iter(found.values()))[0]
    return Electrocardiogram(
        leads=tuple(Lead(name, found[name][1]) for name in LEADS if name in found),
        rate=rate,
        low=_filter(first, "FilterLowFrequency"),
        high=_filter(first, "FilterHighFrequency"),
        notch=_filter(first, "NotchFilterFrequency"),
    )


def lead_of(channel: Dataset) -> str:
    """Which of the twelve leads a channel is, "" for none of them: by its code, else by the meaning or the label."""
    for source in items(channel, "ChannelSourceSequence")[:1]:
        code, scheme = text(source, "CodeValue"), text(source, "CodingSchemeDesignator")
        numbers = code.replace(":", "-").split("-")
        if scheme in ("SCPECG", "MDC") and numbers[-1].isascii() and numbers[-1].isdecimal():
            return NUMBERS.get(int(numbers[-1][:4]), "")
        for word in reversed(text(source, "CodeMeaning").replace("(", " ").split()):
            if word in LEADS:
                return word
    label = text(channel, "ChannelLabel").removeprefix("Lead ").strip()
    return next((lead for lead in LEADS if lead.casefold() == label.casefold()), "")


def _samples(group: Dataset, channels: int, count: int) -> NDArray[Any]:
    """The stored values, [sample, channel]."""
    bits, kind = whole(group, "WaveformBitsAllocated"), text(group, "WaveformSampleInterpretation")
    form = SAMPLES.get((kind, bits))
    if form is None:
        raise InvalidInput("dicom_value", tag=name_of("WaveformSampleInterpretation"), value=f"{kind} {bits}"[:40])
    raw = value(group, "WaveformData")
    wanted = channels * count * bits // 8
    if not isinstance(raw, bytes) or not wanted <= len(raw) <= wanted + 1:
        raise InvalidInput("dicom_value", tag=name_of("WaveformData"), value=f"{len(raw or b'')} B")
    return np.frombuffer(raw, form, channels * count).reshape(count, channels)


def _millivolts(channel: Dataset, stored: NDArray[Any]) -> NDArray[np.float64]:
    sensitivity = number(channel, "ChannelSensitivity", 1.0) * number(
        channel, "ChannelSensitivityCorrectionFactor", 1.0
    )
    units = [text(item, "CodeValue") for item in items(channel, "ChannelSensitivityUnitsSequence")]
    unit = units[0] if units else "uV"
    if unit not in UNITS:
        raise InvalidInput("dicom_value", tag=name_of("ChannelSensitivityUnitsSequence"), value=unit[:40])
    baseline = number(channel, "ChannelBaseline", 0.0)
    return (stored.astype(np.float64) * sensitivity + baseline) * UNITS[unit]


def _filter(channel: Dataset, keyword: str) -> float | None:
    found = number(channel, keyword, 0.0)
    return found if found > 0 else None
