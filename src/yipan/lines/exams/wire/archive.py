"""What the examinations ask of the picture archive. No sockets here: `interop.dicom` plugs in who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Protocol

from yipan.codecs.dicom.images import Image
from yipan.codecs.dicom.studies import SeriesSummary, StudySummary
from yipan.kernel.errors import Unavailable

if TYPE_CHECKING:
    from pydicom import Dataset


class Archive(Protocol):
    """A picture archive. Everything raises Unavailable (`archive_away`, `archive_refused`, `archive_failed`) when it
    does not answer as it should, and NotFound("archive_no_object") for what it does not have.
    """

    def studies(self, since: date, until: date) -> Iterator[StudySummary]:
        """Studies made in these days, both included. One that cannot be read is logged by its number and left out."""
        ...

    def series(self, study: str) -> list[SeriesSummary]:
        """The series of a study, by number."""
        ...

    def images(self, study: str, series: str) -> tuple[list[Image], list[str]]:
        """The images of a series as one scrolls through them, and the objects in it that are no images."""
        ...

    def frame(self, study: str, series: str, instance: str, number: int) -> bytes:
        """The pixels of a frame (from 1): uncompressed, little endian, without padding."""
        ...

    def instance(self, study: str, series: str, instance: str) -> Dataset:
        """One whole object."""
        ...

    def store(self, data: Dataset) -> None:
        """Keep an object. Storing it again changes nothing."""
        ...


_make: Callable[[], Archive | None] = lambda: None  # noqa: E731 - the state before anybody plugged in


def plug(make: Callable[[], Archive | None]) -> None:
    """Say who makes the archive's client, None where no archive is set; asked each time, by every thread."""
    global _make
    _make = make


def is_set() -> bool:
    """Whether there is an archive."""
    return _make() is not None


def archive() -> Archive:
    """The archive. Raises Unavailable("archive_not_set")."""
    found = _make()
    if found is None:
        raise Unavailable("archive_not_set")
    return found
