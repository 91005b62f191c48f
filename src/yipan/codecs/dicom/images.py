"""What must be known of an image to draw it: PS3.3 C.7.6.3 (pixels), C.11.1 and C.11.2 (values and windows).

Enhanced multi-frame objects tell rescaling, window and spacing in their functional groups (C.7.6.16); the shared ones
are read, and those of the first frame where there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yipan.codecs.dicom import tags
from yipan.codecs.dicom.attributes import Attributes, wrong
from yipan.codecs.dicom.studies import read_uid
from yipan.kernel.errors import InvalidInput

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
SUBSAMPLED = ("YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_RCT", "YBR_ICT")
"""Only compressed images can be these (PS3.3, C.7.6.3.1.2): whoever decodes them makes RGB of them."""
LARGEST_SIDE = 65535
JPEG = "1.2.840.10008.1.2.4."
"""How the transfer syntaxes of the JPEG family begin."""


@dataclass(frozen=True, slots=True)
class Image:
    """One stored image, of one or more frames.

    A stored value v means slope · v + intercept (`unit` says in what, "HU" for CT). `windows` are pairs of center and
    width in that unit. `spacing` is millimetres between rows and between columns, None where the modality tells none;
    `at_detector` marks a spacing at the detector, which a radiograph magnifies. `position` is where the slice lies
    along its normal, in millimetres.
    """

    uid: str
    number: int
    frames: int
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool
    slope: float
    intercept: float
    unit: str
    windows: tuple[tuple[float, float], ...]
    spacing: tuple[float, float] | None
    at_detector: bool
    position: float | None


def read_image(data: Any) -> Image | None:
    """One instance's metadata (WADO-RS); None for an instance that is no image, such as a report or an ECG.

    Raises InvalidInput: `dicom_json`, `dicom_missing`, `dicom_value`, `dicom_photometric` for a way of colouring that
    is not drawn here.
    """
    told = Attributes.of(data)
    if tags.ROWS.key not in told.raw or tags.BITS_ALLOCATED.key not in told.raw:
        return None
    photometric, samples = _colours(told)
    bits = told.whole(tags.BITS_ALLOCATED)
    stored = told.whole(tags.BITS_STORED, bits)
    high = told.whole(tags.HIGH_BIT, stored - 1)
    if bits not in (8, 16) or (samples == 3 and bits != 8):
        raise wrong(tags.BITS_ALLOCATED, bits)
    if not 0 < stored <= bits or not stored - 1 <= high < bits:
        raise wrong(tags.BITS_STORED, stored)
    spacing, at_detector = _spacing(told)
    values = _group(told, tags.PIXEL_VALUE_TRANSFORMATION)
    return Image(
        uid=read_uid(told, tags.SOP_INSTANCE_UID),
        number=told.whole(tags.INSTANCE_NUMBER, 0),
        frames=_within(told, tags.NUMBER_OF_FRAMES, 1),
        rows=_within(told, tags.ROWS),
        columns=_within(told, tags.COLUMNS),
        samples=samples,
        bits_allocated=bits,
        bits_stored=stored,
        high_bit=high,
        signed=told.whole(tags.PIXEL_REPRESENTATION, 0) == 1,
        photometric=photometric,
        planar=samples == 3 and told.whole(tags.PLANAR_CONFIGURATION, 0) == 1,
        slope=values.number(tags.RESCALE_SLOPE, 1.0) or 1.0,
        intercept=values.number(tags.RESCALE_INTERCEPT, 0.0),
        unit=_unit(told, values),
        windows=_windows(_group(told, tags.FRAME_VOI_LUT)),
        spacing=spacing,
        at_detector=at_detector,
        position=_position(told),
    )


def in_order(images: list[Image]) -> list[Image]:
    """As one scrolls: along the body where every slice tells its place and no two are the same, else by number."""
    places = [image.position for image in images]
    if all(place is not None for place in places) and len(set(places)) == len(places):
        return sorted(images, key=lambda image: image.position or 0.0)
    return sorted(images, key=lambda image: (image.number, image.uid))


def _colours(told: Attributes) -> tuple[str, int]:
    photometric = told.text(tags.PHOTOMETRIC_INTERPRETATION).upper() or MONOCHROME[1]
    samples = told.whole(tags.SAMPLES_PER_PIXEL, 1)
    if photometric in SUBSAMPLED or (photometric == "YBR_FULL" and _is_jpeg(told)):
        photometric = "RGB"
    fits = samples == 1 if photometric in MONOCHROME else samples == 3 and photometric in ("RGB", "YBR_FULL")
    if not fits:
        raise InvalidInput("dicom_photometric", tag=str(tags.PHOTOMETRIC_INTERPRETATION), value=photometric[:16])
    return photometric, samples


def _is_jpeg(told: Attributes) -> bool:
    """Whether the archive keeps it as JPEG: by its transfer syntax, which not every one tells, or by what was lost."""
    if told.text(tags.LOSSY_COMPRESSION) == "01":
        return True
    return any(uid.startswith(JPEG) for uid in told.texts(tags.AVAILABLE_TRANSFER_SYNTAX_UID))


def _within(told: Attributes, tag: tags.Tag, default: int | None = None) -> int:
    number = told.whole(tag, default)
    if not 0 < number <= LARGEST_SIDE:
        raise wrong(tag, number)
    return number


def _unit(told: Attributes, values: Attributes) -> str:
    named = values.text(tags.RESCALE_TYPE)
    if named and named != "US":
        return named
    return "HU" if told.text(tags.MODALITY) == "CT" and values.values(tags.RESCALE_INTERCEPT) else ""


def _windows(told: Attributes) -> tuple[tuple[float, float], ...]:
    """Pairs of center and width; a width that shows nothing is left out."""
    pairs = zip(told.numbers(tags.WINDOW_CENTER), told.numbers(tags.WINDOW_WIDTH), strict=False)
    return tuple((center, width) for center, width in pairs if width >= 1)


def _spacing(told: Attributes) -> tuple[tuple[float, float] | None, bool]:
    numbers = _group(told, tags.PIXEL_MEASURES).numbers(tags.PIXEL_SPACING)
    if len(numbers) == 2 and min(numbers) > 0:
        return (numbers[0], numbers[1]), False
    numbers = told.numbers(tags.IMAGER_PIXEL_SPACING)
    if len(numbers) == 2 and min(numbers) > 0:
        return (numbers[0], numbers[1]), True
    return None, False


def _position(told: Attributes) -> float | None:
    """Millimetres along the normal of the slice (C.7.6.2.1.1)."""
    at, turned = told.numbers(tags.IMAGE_POSITION), told.numbers(tags.IMAGE_ORIENTATION)
    if len(at) != 3 or len(turned) != 6:
        return None
    (a, b, c), (d, e, f) = turned[:3], turned[3:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return round(sum(x * n for x, n in zip(at, normal, strict=True)), 4)


def _group(told: Attributes, sequence: tags.Tag) -> Attributes:
    """The functional group of this kind, or the data set itself, which holds the same attributes in older objects."""
    for groups in (tags.SHARED_GROUPS, tags.FRAME_GROUPS):
        for item in told.items(groups)[:1]:
            for found in item.items(sequence)[:1]:
                return found
    return told
