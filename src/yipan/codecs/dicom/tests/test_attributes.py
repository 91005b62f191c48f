"""Answers of archives: what is right is read, what is wrong is named."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.codecs.dicom import tags
from yipan.codecs.dicom.images import in_order, read_image
from yipan.codecs.dicom.studies import plain_name, read_series, read_study
from yipan.codecs.dicom.tests.making import ct_slice
from yipan.kernel.errors import InvalidInput

ZONE = ZoneInfo("Asia/Shanghai")
KEYS = [value.key for value in vars(tags).values() if isinstance(value, tags.Tag)]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["1.2.3", "RGB"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, "Value", "vr"]), inner, max_size=4)
    ),
    max_leaves=12,
)
ELEMENTS = VALUES | st.fixed_dictionaries({"Value": st.lists(VALUES, max_size=3)})
ANSWERS = VALUES | st.dictionaries(st.sampled_from(KEYS), ELEMENTS, max_size=12)


def metadata(data: Any) -> dict[str, Any]:
    """As WADO-RS answers it."""
    del data.PixelData
    return dict(json.loads(data.to_json()))


def study(**changed: Any) -> dict[str, Any]:
    told = {
        "0020000D": {"vr": "UI", "Value": ["1.2.840.1"]},
        "00080020": {"vr": "DA", "Value": ["20261102"]},
        "00080030": {"vr": "TM", "Value": ["083000.25"]},
        "00080050": {"vr": "SH", "Value": ["A00017"]},
        "00080061": {"vr": "CS", "Value": ["CT", "SR"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "QIAO^LIMIN", "Ideographic": "乔^立民"}]},
        "00100020": {"vr": "LO", "Value": ["770012"]},
        "00201206": {"vr": "IS", "Value": [2]},
        "00201208": {"vr": "IS", "Value": ["118"]},
    }
    return told | {getattr(tags, name).key: value for name, value in changed.items()}


def test_a_study_is_read_as_the_archive_tells_it() -> None:
    """Numbers written as text, several modalities and Chinese names are read; local time becomes UTC."""
    read = read_study(study(), ZONE)
    assert (read.uid, read.accession, read.modalities) == ("1.2.840.1", "A00017", ("CT", "SR"))
    assert read.at is not None
    assert read.at.isoformat() == "2026-11-02T00:30:00.250000+00:00"
    assert (read.patient_name, read.patient_id, read.series, read.instances) == ("乔立民", "770012", 2, 118)


def test_the_offset_of_the_archive_counts_before_the_zone_of_the_site() -> None:
    """A time with its own offset is not taken for local time."""
    read = read_study(study(TIMEZONE_OFFSET={"Value": ["-0500"]}), ZONE)
    assert read.at is not None
    assert read.at.hour == 13


@pytest.mark.parametrize(
    ("changed", "code", "tag"),
    [
        ({"STUDY_INSTANCE_UID": {"vr": "UI"}}, "dicom_missing", "(0020,000D) Study Instance UID"),
        ({"STUDY_INSTANCE_UID": {"Value": ["../1"]}}, "dicom_value", "(0020,000D) Study Instance UID"),
        ({"STUDY_INSTANCES": {"Value": ["many"]}}, "dicom_value", "(0020,1208) Number Of Study Related Instances"),
        ({"PATIENT_ID": {"Value": [[1]]}}, "dicom_value", "(0010,0020) Patient ID"),
    ],
)
def test_what_is_wrong_is_named_by_its_tag(changed: dict[str, Any], code: str, tag: str) -> None:
    """A missing or unreadable attribute raises an error with the tag as people look it up."""
    with pytest.raises(InvalidInput) as caught:
        read_study(study(**changed), ZONE)
    assert (caught.value.code, caught.value.params["tag"]) == (code, tag)


@settings(max_examples=120)
@given(ANSWERS)
def test_any_answer_is_read_or_refused(answer: Any) -> None:
    """Whatever an archive answers, reading gives an object or InvalidInput."""
    for read in (lambda: read_study(answer, ZONE), lambda: read_series(answer), lambda: read_image(answer)):
        try:
            read()
        except InvalidInput as error:
            assert error.code in ("dicom_json", "dicom_missing", "dicom_value", "dicom_photometric")


def test_an_image_is_read_with_what_drawing_needs() -> None:
    """Size, bits, sign, rescaling, window, spacing, unit and place come from the metadata of a CT slice."""
    image = read_image(metadata(ct_slice(7)))
    assert image is not None
    assert (image.rows, image.columns, image.frames, image.bits_stored, image.signed) == (64, 64, 1, 16, True)
    assert (image.slope, image.intercept, image.unit) == (1.0, -1024.0, "HU")
    assert (image.windows, image.spacing, image.position) == (((40.0, 80.0),), (0.5, 0.5), 7.0)


def test_functional_groups_of_enhanced_objects_are_read() -> None:
    """Spacing, window and rescaling of a multi-frame object stand in its shared groups."""
    told = metadata(ct_slice(1))
    for tag in (tags.PIXEL_SPACING, tags.WINDOW_CENTER, tags.WINDOW_WIDTH, tags.RESCALE_SLOPE, tags.RESCALE_INTERCEPT):
        told.pop(tag.key)
    told[tags.NUMBER_OF_FRAMES.key] = {"Value": [12]}
    groups = {
        tags.PIXEL_MEASURES.key: {"Value": [{tags.PIXEL_SPACING.key: {"Value": [0.7, 0.8]}}]},
        tags.FRAME_VOI_LUT.key: {
            "Value": [{tags.WINDOW_CENTER.key: {"Value": [50]}, tags.WINDOW_WIDTH.key: {"Value": [350]}}]
        },
        tags.PIXEL_VALUE_TRANSFORMATION.key: {
            "Value": [{tags.RESCALE_SLOPE.key: {"Value": [2]}, tags.RESCALE_INTERCEPT.key: {"Value": [-8192]}}]
        },
    }
    told[tags.SHARED_GROUPS.key] = {"Value": [groups]}
    image = read_image(told)
    assert image is not None
    assert (image.frames, image.spacing, image.windows, image.slope) == (12, (0.7, 0.8), ((50.0, 350.0),), 2.0)


def test_reports_are_no_images_and_strange_colours_are_told() -> None:
    """An object without pixels is passed over; one with a palette is refused by name."""
    assert read_image({tags.SOP_INSTANCE_UID.key: {"Value": ["1.2"]}}) is None
    palette = metadata(ct_slice(1)) | {tags.PHOTOMETRIC_INTERPRETATION.key: {"Value": ["PALETTE COLOR"]}}
    with pytest.raises(InvalidInput, match="dicom_photometric"):
        read_image(palette)


def test_slices_lie_along_the_body_whatever_their_numbers() -> None:
    """Slices are ordered by place; where a place is missing or taken twice, by number."""
    by_place = [
        read_image(
            metadata(
                ct_slice(
                    n,
                )
            )
        )
        for n in (3, 1, 2)
    ]
    assert [image.position for image in in_order(by_place)] == [1.0, 2.0, 3.0]  # type: ignore[arg-type, union-attr]
    same_place = [
        read_image(metadata(ct_slice(n)) | {tags.IMAGE_POSITION.key: {"Value": [0, 0, 0]}}) for n in (3, 1, 2)
    ]
    assert [image.number for image in in_order(same_place)] == [1, 2, 3]  # type: ignore[arg-type, union-attr]


def test_names_are_shown_as_they_are_spoken() -> None:
    """Chinese names stand together, Latin ones apart, and only the first writing is taken."""
    assert (plain_name("乔^立民"), plain_name("Smith^John^^Dr")) == ("乔立民", "Smith John Dr")
