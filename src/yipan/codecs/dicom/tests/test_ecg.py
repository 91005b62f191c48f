"""Electrocardiograms become millivolts, or are refused with what is wrong."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.data import get_testdata_file
from pydicom.waveforms import multiplex_array

from yipan.codecs.dicom import datasets
from yipan.codecs.dicom.ecg import LEADS, identity, read_ecg
from yipan.codecs.dicom.tests.making import beats, bytes_of, ct_slice, ecg
from yipan.kernel.errors import InvalidInput

RAW = bytes_of(ecg(beats(seconds=2)))


def test_a_device_s_recording_is_read_in_millivolts() -> None:
    """The sample that pydicom brings has its twelve leads, ten seconds, and pydicom's own values in microvolts."""
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    if path is None:
        pytest.skip("this pydicom brings no sample of an electrocardiogram")
    data = datasets.read_file(Path(str(path)).read_bytes())
    read = read_ecg(data)
    assert tuple(lead.name for lead in read.leads) == LEADS
    assert (read.seconds, read.rate, read.high) == (10.0, 1000.0, 300.0)
    theirs = multiplex_array(data, 0, as_raw=False) / 1000
    ours = np.stack([lead.millivolts for lead in read.leads], axis=1)
    assert np.allclose(ours, theirs)


@pytest.mark.parametrize(
    ("unit", "sensitivity", "baseline"), [("uV", 2.5, 0.0), ("uV", 4.88, 100.0), ("mV", 0.005, -1.0)]
)
def test_sensitivity_unit_and_baseline_count(unit: str, sensitivity: float, baseline: float) -> None:
    """The same curve is read whatever unit, step and baseline the device stores it in."""
    curve = beats(seconds=2)
    data = ecg(curve, unit=unit, sensitivity=sensitivity, baseline=baseline)
    read = read_ecg(datasets.read_file(bytes_of(data)))
    assert np.allclose(np.stack([lead.millivolts for lead in read.leads], axis=1), curve, atol=0.006)


def test_leads_are_known_by_what_they_are_whatever_their_order() -> None:
    """Channels in another order, and fewer of them, come in the usual order of leads."""
    read = read_ecg(ecg(leads=("V2", "II", "I")))
    assert [lead.name for lead in read.leads] == ["I", "II", "V2"]


@pytest.mark.parametrize(
    ("keyword", "value", "code"),
    [
        ("SamplingFrequency", 3, "dicom_value"),
        ("SamplingFrequency", None, "dicom_missing"),
        ("NumberOfWaveformSamples", 4, "dicom_value"),
        ("NumberOfWaveformSamples", 0, "dicom_value"),
        ("WaveformSampleInterpretation", "MB", "dicom_value"),
        ("WaveformData", b"\0" * 10, "dicom_value"),
        ("ChannelDefinitionSequence", [Dataset()], "dicom_value"),
        ("ChannelDefinitionSequence", [Dataset() for _ in LEADS], "dicom_ecg_leads"),
    ],
)
def test_what_is_wrong_with_a_recording_is_named(keyword: str, value: object, code: str) -> None:
    """A group that contradicts itself is refused with the tag, not drawn wrong."""
    data = ecg(beats(seconds=2))
    setattr(data.WaveformSequence[0], keyword, value)
    with pytest.raises(InvalidInput) as caught:
        read_ecg(data)
    assert caught.value.code == code


def test_other_objects_are_refused_as_such() -> None:
    """A CT slice is no electrocardiogram, and a text no DICOM file."""
    with pytest.raises(InvalidInput, match="dicom_not_an_ecg"):
        read_ecg(ct_slice(1))
    with pytest.raises(InvalidInput, match="dicom_not_a_file"):
        datasets.read_file(b"Dear colleague, " * 20)


@settings(max_examples=100)
@given(
    st.integers(0, len(RAW)),
    st.lists(st.tuples(st.integers(132, 3000), st.integers(0, 255)), max_size=8),
)
def test_any_bytes_are_read_or_refused(length: int, changes: list[tuple[int, int]]) -> None:
    """Whatever becomes of a file on its way, reading it gives a recording or InvalidInput."""
    raw = bytearray(RAW)
    for at, byte in changes:
        raw[at] = byte
    try:
        read = datasets.read_file(bytes(raw[:length]))
        identity(read, ZoneInfo("Asia/Shanghai"))
        read_ecg(read)
    except InvalidInput as error:
        assert error.code.startswith("dicom_")
