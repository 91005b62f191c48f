"""Live updates: Server-Sent Events fed by PostgreSQL (WHATWG HTML, section 9.2).

An event is a row of `spine_event`, written in the transaction that made it happen; its commit notifies the channel
`yipan_event`. One connection of each web process listens, reads what is new, and hands it to every open stream that
may see it. A message holds identifiers and a kind, never a name: the page then asks for the changed part, and access is
checked there as always.

Nothing is lost. Numbers of rows do not come in the order of commits, so "everything after row N" would miss a row whose
transaction took longer. Instead the `id` of a message is the oldest transaction that was still open when the feed
looked (`pg_snapshot_xmin`): every event of an older one had been sent by then. Who comes back with that id gets every
event of that transaction and of newer ones: some twice, none not at all.

The stream: `data: {"id","kind","site","ward","capacity","request"}` for each event; `event: clock` with the server's
instant every ten seconds while the feed is fresh; `event: reset` when too much happened to tell: load the page again.
A page asks for what happened since it was made with `/live?since=<xmin>`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, connections
from django.http.cookie import parse_cookie

from yipan.base.access.sessions import paths_of_session
from yipan.kernel import clock
from yipan.server import readiness
from yipan.server.feed import Feed, Subscriber
from yipan.server.lifeline import end_with_parent
from yipan.server.metrics import meters
from yipan.server.static import Receive, Scope, Send

log = logging.getLogger(__name__)

TICK_SECONDS = 10.0
ASK_AGAIN_SECONDS = 60.0  # how long a stream goes on after its user logged out or lost a right
RETRY_MILLISECONDS = 2000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Live:
    """The ASGI application at `/live`. `open` and `close` go with the life of the process."""

    def __init__(self) -> None:
        self._feed: Feed | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="session")

    def open(self) -> None:
        """Begin to listen, on the running event loop. Call it in the main thread."""
        loop = asyncio.get_running_loop()
        self._feed = Feed()
        orphaned = end_with_parent(self._feed.close_streams)
        self._tasks = [loop.create_task(self._feed.run()), loop.create_task(orphaned)]
        loop.add_signal_handler(signal.SIGUSR2, readiness.drain)  # the server will stop soon
        loop.add_signal_handler(signal.SIGUSR1, self._feed.close_streams)  # the server is about to stop

    async def close(self) -> None:
        """End every stream and stop listening."""
        if self._feed is not None:
            self._feed.close_streams()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _refuse(send, 405, "method_not_allowed")
            return
        key = session_key(scope)
        try:
            paths = await self._paths(key)
        except DatabaseError:
            await _refuse(send, 503, "database_unavailable")
            return
        if paths is None:
            await _refuse(send, 401, "login_needed")
            return
        assert self._feed is not None
        subscriber = Subscriber(paths)
        self._feed.add(subscriber)
        meters.STREAMS.inc()
        gone = asyncio.create_task(_closed_by_browser(receive, subscriber))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._stream(subscriber, key, last_seen(scope), send)
        finally:
            self._feed.remove(subscriber)
            meters.STREAMS.dec()
            gone.cancel()

    async def _stream(self, subscriber: Subscriber, key: str, since: int | None, send: Send) -> None:
        """Send what waits, the clock in between, until one side closes or the session ends."""
        assert self._feed is not None
        await _chunk(send, b"retry: %d\n\n" % RETRY_MILLISECONDS)
        if since is not None:
            subscriber.offer(await self._feed.since(since))
        next_tick, ask_again = time.monotonic(), time.monotonic() + ASK_AGAIN_SECONDS
        while not subscriber.closed:
            if chunk := await subscriber.take(next_tick - time.monotonic()):
                await _chunk(send, chunk)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_SECONDS
                await _chunk(send, self._tick(subscriber))
            if time.monotonic() >= ask_again:
                ask_again = time.monotonic() + ASK_AGAIN_SECONDS
                if not await self._still_allowed(subscriber, key):
                    break
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _tick(self, subscriber: Subscriber) -> bytes:
        """The clock while data are fresh, else a comment that only keeps the connection open."""
        assert self._feed is not None
        if not self._feed.is_fresh:
            return b": no news from the database\n\n"
        told = json.dumps({"now": clock.now().isoformat()}).encode()
        number = b"id: %d\n" % self._feed.xmin if subscriber.idle else b""
        return b"event: clock\ndata: " + told + b"\n" + number + b"\n"

    async def _still_allowed(self, subscriber: Subscriber, key: str) -> bool:
        try:
            paths = await self._paths(key)
        except DatabaseError:
            return True
        subscriber.paths = paths or ()
        return paths is not None

    async def _paths(self, key: str) -> tuple[str, ...] | None:
        """Roots of the organisations that the session's user may see, or None when nobody is logged in."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _paths_in_thread, key)


def _paths_in_thread(key: str) -> tuple[str, ...] | None:
    if not key:
        return None
    try:
        return paths_of_session(key)
    finally:
        connections.close_all()  # back to the pool: no request ends here that would do it


def session_key(scope: Scope) -> str:
    """The key in the session's cookie, or an empty string."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return parse_cookie(header).get(settings.SESSION_COOKIE_NAME, "")


def last_seen(scope: Scope) -> int | None:
    """The transaction from which the browser wants events: `Last-Event-ID`, else `since` in the address, else None."""
    told = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    told = told or parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    return int(told) if told.isdecimal() and told.isascii() and len(told) < 20 else None


async def _closed_by_browser(receive: Receive, subscriber: Subscriber) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    subscriber.close()


async def _chunk(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse(send: Send, status: int, code: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if status == 405:
        headers.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"code": code}).encode()})
