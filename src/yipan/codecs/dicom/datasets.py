"""Data sets as files and networks carry them, read by pydicom; its many errors become InvalidInput with the tag."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from pydicom import Dataset, config, dcmread
from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from yipan.codecs.dicom.attributes import QUOTED
from yipan.kernel.errors import InvalidInput

UTF_8, GB18030 = "ISO_IR 192", "GB18030"

# Values out of their rules are common in what modalities send, and pydicom's warnings would quote them in logs.
config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").setLevel(logging.ERROR)


def read_file(raw: bytes) -> Dataset:
    """A DICOM file (PS3.10). Raises InvalidInput `dicom_not_a_file`, `dicom_broken`."""
    if raw[128:132] != b"DICM":
        raise InvalidInput("dicom_not_a_file")
    with quietly():
        try:
            return dcmread(BytesIO(raw))
        except Exception as error:  # pydicom raises whatever its readers meet: struct.error, EOFError, ValueError, …
            raise InvalidInput("dicom_broken", reason=type(error).__name__) from error


def name_of(keyword: str) -> str:
    """A tag as people look it up: (0028,0010) Rows."""
    tag = tag_for_keyword(keyword)
    assert tag is not None, f"{keyword} is no keyword of the standard"
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {dictionary_description(tag)}"


def value(data: Dataset, keyword: str) -> Any:
    """The value of an attribute, None when it is empty or absent. Raises InvalidInput `dicom_value`."""
    with quietly():
        try:
            found = data.get(keyword)
        except Exception as error:  # values are converted when they are asked for, see read_file
            raise InvalidInput("dicom_value", tag=name_of(keyword), value="") from error
    return None if isinstance(found, str | MultiValue | Sequence | bytes) and not len(found) else found


def first(data: Dataset, keyword: str) -> Any:
    """The first value, None when there is none."""
    found = value(data, keyword)
    return found[0] if isinstance(found, MultiValue) else found


def text(data: Dataset, keyword: str) -> str:
    """The first value as text, "" when there is none."""
    found = first(data, keyword)
    if isinstance(found, bytes | Sequence | Dataset):
        raise _wrong(keyword, "")
    return "" if found is None else str(found).strip()


def required_text(data: Dataset, keyword: str) -> str:
    """Raises InvalidInput `dicom_missing`."""
    found = text(data, keyword)
    if not found:
        raise InvalidInput("dicom_missing", tag=name_of(keyword))
    return found


def number(data: Dataset, keyword: str, default: float | None = None) -> float:
    """The first value as a finite number. Raises InvalidInput `dicom_missing` (without a default), `dicom_value`."""
    found = first(data, keyword)
    if found is None:
        if default is None:
            raise InvalidInput("dicom_missing", tag=name_of(keyword))
        return default
    try:
        read = float(found)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(keyword, found) from None
    if not math.isfinite(read):
        raise _wrong(keyword, found)
    return read


def whole(data: Dataset, keyword: str, default: int | None = None) -> int:
    """The first value as a whole number. Errors as of `number`."""
    read = number(data, keyword, default)
    if read != int(read):
        raise _wrong(keyword, read)
    return int(read)


def items(data: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence."""
    found = value(data, keyword)
    if found is None:
        return []
    if not isinstance(found, Sequence):
        raise _wrong(keyword, "")
    return list(found)


@contextmanager
def quietly() -> Iterator[None]:
    """Without pydicom's warnings, which quote what a file says about a person."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _wrong(keyword: str, found: Any) -> InvalidInput:
    return InvalidInput("dicom_value", tag=name_of(keyword), value=str(found)[:QUOTED])
