"""The picture archive over DICOMweb (PS3.18): QIDO-RS to find, WADO-RS to fetch, STOW-RS to store."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from yipan.codecs.dicom.images import Image, in_order, read_image
from yipan.codecs.dicom.moments import write_day
from yipan.codecs.dicom.studies import STUDY_FIELDS, SeriesSummary, StudySummary, is_uid, read_series, read_study
from yipan.kernel.errors import InvalidInput, NotFound, Unavailable
from yipan.lines.exams.wire.archive import Archive

if TYPE_CHECKING:
    from dicomweb_client.web import DICOMwebClient
    from pydicom import Dataset

log = logging.getLogger(__name__)

URL, USER, PASSWORD, TOKEN, AUTHORITY = (f"YIPAN_ARCHIVE_{part}" for part in ("URL", "USER", "PASSWORD", "TOKEN", "CA"))
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 30.0
PAGE = 100
MOST_STUDIES = 20_000
"""Of one search; an archive that does not understand `offset` would answer without end."""
PLAIN = "1.2.840.10008.1.2.1"
"""Explicit VR Little Endian: uncompressed. Asked for, so that the archive decompresses what it keeps compressed."""
UNAUTHORISED, MISSING = (401, 403), 404


def plugged() -> Archive | None:
    """The client of this thread, None where YIPAN_ARCHIVE_URL is not set."""
    url = os.environ.get(URL, "")
    if not url:
        return None
    known: WebArchive | None = getattr(_threads, "archive", None)
    if known is None or known.url != url.rstrip("/"):
        known = _threads.archive = WebArchive(url, ZoneInfo(settings.TIME_ZONE))
    return known


class WebArchive:
    """One archive, for one thread. Credentials: YIPAN_ARCHIVE_USER and _PASSWORD (Basic), or _TOKEN (Bearer)."""

    def __init__(self, url: str, zone: tzinfo) -> None:
        self.url, self._zone = url.rstrip("/"), zone
        self._made: DICOMwebClient | None = None

    def studies(self, since: date, until: date) -> Iterator[StudySummary]:
        days = f"{write_day(since)}-{write_day(until)}"
        seen: set[str] = set()
        for offset in range(0, MOST_STUDIES, PAGE):
            with self._told():
                answers = self._client.search_for_studies(
                    limit=PAGE, offset=offset, fields=STUDY_FIELDS, search_filters={"StudyDate": days}
                )
            fresh = [study for study in self._read(answers) if study.uid not in seen]
            seen.update(study.uid for study in fresh)
            yield from fresh
            if len(answers) < PAGE or not fresh:
                return

    def series(self, study: str) -> list[SeriesSummary]:
        with self._told(study):
            answers = self._client.search_for_series(
                study, fields=["SeriesDescription", "NumberOfSeriesRelatedInstances"]
            )
        found = [read_series(answer) for answer in answers]
        if not found:
            raise NotFound("archive_no_object")
        return sorted(found, key=lambda one: (one.number, one.uid))

    def images(self, study: str, series: str) -> tuple[list[Image], list[str]]:
        with self._told(study, series):
            answers = self._client.retrieve_series_metadata(study, series)
        images = [(read_image(answer), answer) for answer in answers]
        others = [_uid(answer) for image, answer in images if image is None]
        return in_order([image for image, _ in images if image is not None]), [uid for uid in others if uid]

    def frame(self, study: str, series: str, instance: str, number: int) -> bytes:
        with self._told(study, series, instance, refused="archive_no_frames"):
            frames = self._client.retrieve_instance_frames(
                study, series, instance, [number], media_types=(("application/octet-stream", PLAIN),)
            )
        if not frames:
            raise NotFound("archive_no_object")
        return bytes(frames[0])

    def instance(self, study: str, series: str, instance: str) -> Dataset:
        with self._told(study, series, instance):
            return self._client.retrieve_instance(study, series, instance)

    def store(self, data: Dataset) -> None:
        with self._told():
            answer = self._client.store_instances([data])
        if getattr(answer, "FailedSOPSequence", None):
            raise Unavailable("archive_not_stored")

    @property
    def _client(self) -> DICOMwebClient:
        """Made when it is first needed: with what it stands on it takes 50 MB."""
        if self._made is None:
            self._made = _connect(self.url)
        return self._made

    def _read(self, answers: list[dict[str, Any]]) -> Iterator[StudySummary]:
        for answer in answers:
            try:
                yield read_study(answer, self._zone)
            except InvalidInput as error:
                log.warning("the archive told a study that cannot be read: %s", error)

    @contextmanager
    def _told(self, *uids: str, refused: str = "archive_failed") -> Iterator[None]:
        """Errors of the network as ours; what is no UID is asked of nobody, because it becomes part of an address.

        `refused` is the code for an archive that answers and does not do it.
        """
        from requests import ConnectionError as Unreachable
        from requests import HTTPError, RequestException, Timeout

        if not all(is_uid(uid) for uid in uids):
            raise NotFound("archive_no_object")
        try:
            yield
        except HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if status == MISSING:
                raise NotFound("archive_no_object") from error
            if status in UNAUTHORISED:
                raise Unavailable("archive_refused", status=status) from error
            log.warning("the archive answered %s", status)
            raise Unavailable(refused, status=status) from error
        except (Unreachable, Timeout) as error:
            log.warning("the archive does not answer: %s", type(error).__name__)
            raise Unavailable("archive_away") from error
        except (RequestException, ValueError, KeyError, AttributeError) as error:  # no JSON, no multipart, no DICOM
            log.warning("the archive's answer cannot be read: %s", type(error).__name__)
            raise Unavailable("archive_failed", status=type(error).__name__) from error


_threads = threading.local()


def _connect(url: str) -> DICOMwebClient:
    from dicomweb_client.web import DICOMwebClient
    from requests import Session
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    session = Session()
    # An archive closes a connection that rests (Orthanc after one second), perhaps just when it is used again.
    again = HTTPAdapter(max_retries=Retry(total=1, connect=0, read=1, status=0, allowed_methods=("GET",)))
    for scheme in ("http://", "https://"):
        session.mount(scheme, again)
    session.headers["Accept-Encoding"] = (
        "identity"  # between two machines of a hospital packing costs more than it saves
    )
    session.trust_env = False  # no proxy of the surroundings stands between two machines of a hospital
    if authority := os.environ.get(AUTHORITY):
        session.verify = authority
    if token := os.environ.get(TOKEN):
        session.headers["Authorization"] = f"Bearer {token}"
    elif user := os.environ.get(USER):
        session.auth = (user, os.environ.get(PASSWORD, ""))
    try:
        client = DICOMwebClient(url, session=session, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), permissive_uid=True)
    except ValueError as error:
        raise Unavailable("archive_address", variable=URL) from error
    client.set_http_retry_params(retry=False)
    return client


def _uid(answer: Any) -> str:
    """The number of an object that is no image, "" when it has none."""
    from yipan.codecs.dicom import tags
    from yipan.codecs.dicom.attributes import Attributes

    uid = Attributes.of(answer).text(tags.SOP_INSTANCE_UID)
    return uid if is_uid(uid) else ""
