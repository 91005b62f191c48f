"""The ASGI application, for `granian --interface asgi --factory yipan.server.asgi:application`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from yipan.server import production

if TYPE_CHECKING:
    from yipan.server.dispatcher import Dispatcher


def application() -> Dispatcher:
    """Load Django, then the parts that use it. Raises InvalidInput when production lacks something."""
    production.check_environment()
    pages = get_wsgi_application()
    from yipan.engine.placement import warm_up
    from yipan.server.dispatcher import Dispatcher

    # The first patient must not wait for the compiler; the pages need not either.
    threading.Thread(target=warm_up, name="placement warm-up", daemon=True).start()
    return Dispatcher(pages)
