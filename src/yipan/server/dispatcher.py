"""One browser origin: live updates on the event loop, static files, and Django's pages in threads.

Why one process and not two: docs/adr/0002-one-web-process.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from wsgiref.types import WSGIApplication

from a2wsgi import WSGIMiddleware
from django.conf import settings

from yipan.server import environment, presence
from yipan.server.client import client_address
from yipan.server.sse import Live
from yipan.server.static import Receive, Scope, Send, StaticFiles

PAGE_THREADS = 10
LIVE_PATH = "/live"


class Dispatcher:
    """Sends each request to the part that answers it, and opens and closes live updates with the process."""

    def __init__(self, pages: WSGIApplication) -> None:
        self.live = Live()
        self._shown = contextlib.ExitStack()
        self._static = StaticFiles()
        self._proxies = environment.proxies()
        self._pages = WSGIMiddleware(pages, workers=PAGE_THREADS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path == LIVE_PATH:
                await self.live(scope, receive, send)
            elif path.startswith(settings.STATIC_URL):
                await self._static(scope, receive, send)
            else:
                plain = self._from_client(without_ambiguous_headers(scope))
                await self._pages(plain, as_coroutine(receive), as_coroutine(send))  # type: ignore[arg-type]

    def _from_client(self, scope: Scope) -> Scope:
        """The request as if it had come without the proxies: limits and the audit trail name the address."""
        if not self._proxies or not scope.get("client"):
            return scope
        host, port = scope["client"]
        return {**scope, "client": (client_address(host, scope["headers"], self._proxies), port)}

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            if message["type"] == "lifespan.startup":
                self.live.open()
                self._shown.enter_context(presence.shown("web"))
                await send({"type": "lifespan.startup.complete"})
        await self.live.close()
        await asyncio.to_thread(self._shown.close)
        await send({"type": "lifespan.shutdown.complete"})


def as_coroutine(call: Callable[..., Awaitable[Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """`call` as a coroutine function: granian gives other awaitables, a2wsgi hands them to another thread's loop."""

    async def wrapped(*args: Any) -> Any:
        return await call(*args)

    return wrapped


def without_ambiguous_headers(scope: Scope) -> Scope:
    """WSGI writes `X-Forwarded-For` and `X_Forwarded_For` the same way; the second is only ever a trick."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name]}
