"""What happened, read once for the whole process and handed to every open stream that may see it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from yipan.server import direct

log = logging.getLogger(__name__)

CHANNEL = "yipan_event"
MOST_IN_ONE_READ = 2000
MOST_WAITING = 1000  # events that a slow reader may lag behind before it is told to start afresh
GATHER_SECONDS = 0.05  # events of the same moment travel together
LONGEST_SILENCE = 5.0  # look without being told: a database that is gone should be noticed
FRESH_SECONDS = 15.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0

READ = """
WITH look AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin)
SELECT look.xmin::text, e.id, e.xid::text, e.kind, e.site_id, e.ward_id, e.capacity_id, e.request_id, e.path
  FROM look
  LEFT JOIN (
    SELECT event.*, organisation.path
      FROM spine_event AS event
      LEFT JOIN network_site AS site ON site.id = event.site_id
      LEFT JOIN network_organisation AS organisation ON organisation.id = site.organisation_id
     WHERE event.xid >= %s::text::xid8 AND NOT event.id = ANY(%s)
     ORDER BY event.id
     LIMIT %s
  ) AS e ON true
 ORDER BY e.id
"""
"""What is visible now of a transaction and newer ones, with the oldest one still open, all of one snapshot."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event: which transaction wrote it, whose organisation it belongs to (None: nobody's), and its JSON."""

    id: int
    xid: int
    path: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """Events found at one instant. Everything older than transaction `xmin` is among those found up to now."""

    xmin: int
    changes: tuple[Change, ...]

    @property
    def is_too_much(self) -> bool:
        return len(self.changes) > MOST_IN_ONE_READ


class Subscriber:
    """One open stream: what it may see and what it has not sent yet."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._lag = 0
        self._wake = asyncio.Event()
        self.closed = False

    def offer(self, look: Look) -> None:
        """Queue what this stream may see. One that lags too far gets `reset` instead of everything it missed."""
        changes = [c for c in look.changes if c.path is None or c.path.startswith(self.paths)]
        if look.is_too_much or self._lag + len(changes) > MOST_WAITING:
            self._waiting.clear()
            self._lag = 0
            self._put(b"event: reset\ndata: {}\nid: %d\n\n" % look.xmin, 1)
        elif changes:
            self._put(messages(changes, look.xmin), len(changes))

    def close(self) -> None:
        self.closed = True
        self._wake.set()

    @property
    def idle(self) -> bool:
        """True when everything offered so far has been taken."""
        return not self._waiting

    async def take(self, seconds: float) -> bytes:
        """What waits, or nothing after `seconds` or when the stream is closed."""
        if not self._waiting and not self.closed:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), seconds)
        if not self._waiting:
            return b""
        chunk, count = self._waiting.popleft()
        self._lag -= count
        return chunk

    def _put(self, chunk: bytes, count: int) -> None:
        self._waiting.append((chunk, count))
        self._lag += count
        self._wake.set()


def messages(changes: Sequence[Change], xmin: int) -> bytes:
    """Messages of one look. Only the last carries the id: who is cut off before it gets all of them again."""
    return b"\n\n".join(b"data: " + change.data for change in changes) + b"\nid: %d\n\n" % xmin


class Feed:
    """Listens to the database and hands on what happens, for as long as `run` runs."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._reader: psycopg.AsyncConnection | None = None
        self._reading = asyncio.Lock()
        self._connected = asyncio.Event()
        self._sent: dict[int, int] = {}  # id → transaction, of what was sent and may be found again
        self._looked_at = float("-inf")
        self._closing = False
        self.xmin = 0

    @property
    def is_fresh(self) -> bool:
        """Whether the feed looked at the database a moment ago and succeeded."""
        return time.monotonic() - self._looked_at < FRESH_SECONDS

    def add(self, subscriber: Subscriber) -> None:
        """Hand on to this stream from now on; one that comes while the process stops is sent elsewhere at once."""
        self._subscribers.add(subscriber)
        if self._closing:
            subscriber.close()

    def remove(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    def close_streams(self) -> None:
        self._closing = True
        for subscriber in self._subscribers:
            subscriber.close()

    async def since(self, xid: int) -> Look:
        """Everything of transaction `xid` and newer ones; waits until the database answers.

        A number from the future, which only another database can have given out, counts as too much.
        """
        await self._connected.wait()
        look = await self._look(xid, ())
        if xid > look.xmin:
            return Look(look.xmin, (Change(0, 0, None, b""),) * (MOST_IN_ONE_READ + 1))
        return look

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is opened again, and what happened meanwhile is read then."""
        wait = FIRST_WAIT
        while True:
            try:
                async with await direct.connect_async() as listener, await direct.connect_async() as self._reader:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    await self._catch_up()
                    self._connected.set()
                    wait = FIRST_WAIT
                    while True:
                        async for _ in listener.notifies(timeout=LONGEST_SILENCE, stop_after=1):
                            await asyncio.sleep(GATHER_SECONDS)
                        await self._hand_on()
            except (psycopg.Error, OSError) as error:
                log.warning("live updates lost the database: %s", str(error).strip().split("\n")[0])
            finally:
                self._connected.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _catch_up(self) -> None:
        """At the first connection begin with now; later go on from where the last one broke."""
        if self.xmin == 0:
            assert self._reader is not None
            row = await (await self._reader.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")).fetchone()
            assert row is not None
            self.xmin = int(row[0])
        await self._hand_on()

    async def _hand_on(self) -> None:
        look = await self._look(self.xmin, tuple(self._sent))
        self._looked_at = time.monotonic()
        if look.changes:
            for subscriber in self._subscribers:
                subscriber.offer(look)
        self._sent.update((change.id, change.xid) for change in look.changes)
        self._sent = {number: xid for number, xid in self._sent.items() if xid >= look.xmin}
        self.xmin = look.xmin

    async def _look(self, xid: int, without: Sequence[int]) -> Look:
        async with self._reading:
            assert self._reader is not None
            cursor = await self._reader.execute(READ, [str(xid), list(without), MOST_IN_ONE_READ + 1])
            rows = await cursor.fetchall()
        return Look(int(rows[0][0]), tuple(_change(*row[1:]) for row in rows if row[1] is not None))


def _change(number: int, xid: str, kind: str, *places: Any) -> Change:
    site, ward, capacity, request, path = places
    told = {"id": number, "kind": kind, "site": site, "ward": ward, "capacity": capacity, "request": request}
    data = {key: str(value) if isinstance(value, UUID) else value for key, value in told.items()}
    return Change(number, int(xid), path, json.dumps(data, separators=(",", ":")).encode())
