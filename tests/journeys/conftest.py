"""A real web process, a real browser, and a small hospital in the tests' database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.journeys import hospital as hospitals
from tests.journeys import processes
from tests.journeys.people import Person

CHROMIUM = os.environ.get("YIPAN_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the journeys are skipped and say what they need."""
    if not Path(CHROMIUM).exists():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="needs Debian package chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright's event loop lives in this thread; Django takes that for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as p:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
        # Beside the loop the thread has a connection of its own, which tests in between may end as somebody's else.
        connection.close()


@pytest.fixture
def hospital(transactional_db: None) -> hospitals.Hospital:
    """A new hospital for each test; its rows are committed, because another process reads them."""
    return hospitals.build()


@pytest.fixture(scope="session")
def ports() -> tuple[int, int]:
    """Of the pages, and of the HL7 listener."""
    return processes.free_port(), processes.free_port()


@pytest.fixture(scope="session")
def address(django_db_setup: None, ports: tuple[int, int]) -> Iterator[str]:
    """Where the pages are."""
    url = processes.database_url()
    with processes.running("web", url, *ports, processes.answers(ports[0])):
        yield f"http://127.0.0.1:{ports[0]}"


@pytest.fixture
def person(browser: Any, address: str, hospital: hospitals.Hospital) -> Iterator[Callable[..., Person]]:
    """`person("en")`: somebody with a browser. Nothing may have gone wrong in any of them by the end."""
    present: list[Person] = []

    def come(language: str, **how: Any) -> Person:
        present.append(Person(browser, address, language, **how))
        return present[-1]

    yield come
    for one in present:
        one.close()
