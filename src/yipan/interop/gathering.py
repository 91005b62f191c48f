"""One transaction for all that came while the one before was being written: many small commits become few.

With one sender nothing waits for anything. With many, each message waits at most for the batch before its own, and the
disk is asked once for all of a batch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress

from yipan.interop.inbound import Arrival

MOST = 100
"""Messages in one batch."""
MOST_BYTES = 4_000_000
"""A batch is not made longer than this; a single message may be."""
LINGER = 0.002
"""Seconds at most for senders that were just answered together to send their next messages: batches stay whole."""

Store = Callable[[Sequence[Arrival]], list[bytes | None]]
Waiting = tuple[Arrival, asyncio.Future[bytes | None]]


class Gathering:
    """Takes messages on an event loop and gives them to `store` in batches, at most `at_once` of them at a time."""

    def __init__(self, store: Store, threads: Executor, at_once: int) -> None:
        self._store, self._threads, self._free = store, threads, at_once
        self._waiting: deque[Waiting] = deque()
        self._expected: tuple[int, asyncio.Future[None]] | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def take(self, raw: bytes, peer: str) -> bytes | None:
        """The answer to a message, once it is stored. Raises what `store` raises."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((Arrival(raw, peer), answer))
        if self._expected and len(self._waiting) >= self._expected[0] and not self._expected[1].done():
            self._expected[1].set_result(None)
        if self._free:
            self._free -= 1
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await answer

    async def _work(self) -> None:
        try:
            while batch := self._next():
                await self._serve(batch)
                if len(self._waiting) < len(batch) > 1:
                    await self._linger(len(batch))
        finally:
            self._free += 1

    async def _linger(self, count: int) -> None:
        """Until so many messages wait, or for a moment: those who were answered together send together."""
        self._expected = count, asyncio.get_running_loop().create_future()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._expected[1]
        self._expected = None

    def _next(self) -> list[Waiting]:
        batch: list[Waiting] = []
        size = 0
        while self._waiting and len(batch) < MOST:
            size += len(self._waiting[0][0].raw)
            if batch and size > MOST_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    async def _serve(self, batch: list[Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, self._store, [arrival for arrival, _ in batch])
        except Exception as error:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), answer in zip(batch, answers, strict=True):
            if not waiting.done():  # whoever waited has given up meanwhile
                waiting.set_result(answer)
