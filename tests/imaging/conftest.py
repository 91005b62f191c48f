"""A real archive for the whole session, empty for each test, and Yipan's own settings that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.imaging import orthanc
from tests.journeys import processes
from tests.journeys.conftest import browser
from tests.journeys.conftest import pytest_collection_modifyitems as skip_without_chromium
from tests.journeys.people import Person
from yipan.interop.dicom import worklist
from yipan.lines.exams.tests.one_scanner import Radiology, radiology

__all__ = ["browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where no archive can run its tests are skipped and say what they need."""
    skip_without_chromium(items)
    asked = [item for item in items if item.get_closest_marker("archive")]
    if asked and (reason := orthanc.why_not()):
        for item in asked:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def running_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[orthanc.Archive]:
    """Orthanc, started once."""
    with orthanc.running(tmp_path_factory.mktemp("orthanc")) as archive:
        yield archive


@pytest.fixture
def archive(running_archive: orthanc.Archive, monkeypatch: pytest.MonkeyPatch) -> orthanc.Archive:
    """The archive without any study, set as Yipan's."""
    running_archive.empty()
    monkeypatch.setenv("YIPAN_ARCHIVE_URL", running_archive.url)
    monkeypatch.setenv("YIPAN_ARCHIVE_USER", orthanc.USER)
    monkeypatch.setenv("YIPAN_ARCHIVE_PASSWORD", orthanc.PASSWORD)
    return running_archive


@pytest.fixture
def clinic(transactional_db: None) -> Radiology:
    """A radiology department whose rows are committed: the worklist is answered by other threads."""
    return radiology()


@pytest.fixture
def service(clinic: Radiology) -> Iterator[worklist.Listening]:
    """The worklist service on a free port of the loopback."""
    worklist.quiet()
    listening = worklist.listen("127.0.0.1", 0, "YIPAN", "ISO_IR 192")
    yield listening
    listening.close()


@pytest.fixture(scope="session")
def pages(django_db_setup: None, running_archive: orthanc.Archive) -> Iterator[str]:
    """The web process, with the archive set; its address."""
    port = processes.free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIPAN_ARCHIVE_URL", running_archive.url)
        patch.setenv("YIPAN_ARCHIVE_USER", orthanc.USER)
        patch.setenv("YIPAN_ARCHIVE_PASSWORD", orthanc.PASSWORD)
        with processes.running("web", processes.database_url(), port, processes.free_port(), processes.answers(port)):
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def person(browser: Any, pages: str) -> Iterator[Callable[..., Person]]:
    """`person("en")`: somebody with a browser. Nothing may have gone wrong in any of them by the end."""
    present: list[Person] = []

    def come(language: str, **how: Any) -> Person:
        present.append(Person(browser, pages, language, **how))
        return present[-1]

    yield come
    for one in present:
        one.close()
