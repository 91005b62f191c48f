"""The ASGI application, for `granian --interface asgi --factory yipan.server.asgi:application`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from yipan.server.dispatcher import Dispatcher


def application() -> Dispatcher:
    """Load Django, then the parts that use it."""
    pages = get_wsgi_application()
    from yipan.server.dispatcher import Dispatcher

    return Dispatcher(pages)
