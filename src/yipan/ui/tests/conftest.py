"""What the tests of this room share: its small site, and a rendering of one template."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from yipan.kernel import clock

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Shanghai


@pytest.fixture(autouse=True)
def noon() -> Iterator[clock.FrozenClock]:
    """The clock stands at a Monday noon in Shanghai."""
    with clock.using(clock.FrozenClock(NOON)) as frozen:
        yield frozen  # type: ignore[misc]


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def site(settings: Any) -> None:
    """The small site of `urls.py`, with sessions that need no table."""
    settings.ROOT_URLCONF = "yipan.ui.tests.urls"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    without = (
        "yipan.base.access.middleware.ActorMiddleware",
        "yipan.base.access.middleware.WallMiddleware",
        "yipan.ui.middleware.LiveMark",
    )
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in without]


@pytest.fixture
def render() -> Callable[..., str]:
    """Render a template's text; `c` holds the components."""

    def run(source: str, **context: Any) -> str:
        head = '{% import "ui/components.html" as c %}'
        template = next(e for e in engines.all() if "Jinja2" in type(e).__name__).from_string(head + source)
        return str(template.render(context))

    return run
