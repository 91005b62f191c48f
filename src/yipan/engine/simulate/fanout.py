"""Replications on several cores or machines. Each replication is drawn from its number, so it is the same anywhere."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Any

from yipan.engine.simulate.measuring import Sample
from yipan.engine.simulate.running import Window, replicate
from yipan.engine.simulate.scenario import Scenario
from yipan.kernel.errors import InvalidInput, Unavailable

ROUNDS_AHEAD = 2
"""Replications asked for at a time, for each place where they run: none waits for the slowest."""

_asked: dict[str, Any] = {}
"""In a process of the pool: what it was started with."""


class Processes:
    """A pool of processes on this machine, for one comparison; a context manager."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    @property
    def width(self) -> int:
        return ROUNDS_AHEAD * self._processes

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, scenario: Scenario, window: Window, seed: int, replications: Sequence[int]) -> Iterator[list[Sample]]:
        """See `comparing.Pool`."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context(
                    "spawn"
                ),  # a fork would copy threads half way through their work
                initializer=_begin,
                initargs=(scenario, window, seed),
            )
        yield from self._pool.map(_one, replications)


def _begin(scenario: Scenario, window: Window, seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for us
    _asked.update(scenario=scenario, window=window, seed=seed)


def _one(replication: int) -> list[Sample]:
    return replicate(_asked["scenario"], _asked["window"], seed=_asked["seed"], replication=replication)


class Cluster:
    """Workers of a Dask scheduler, which must have the same version of Yipan; a context manager."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise InvalidInput("twin_no_dask") from None
        try:
            self._client = Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise Unavailable("twin_no_cluster", address=address, why=str(error) or type(error).__name__) from None
        self._scenario: Any = None

    @property
    def width(self) -> int:
        return ROUNDS_AHEAD * max(sum(self._client.nthreads().values()), 1)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, scenario: Scenario, window: Window, seed: int, replications: Sequence[int]) -> Iterator[list[Sample]]:
        """See `comparing.Pool`. The scenario is sent once to each worker."""
        if self._scenario is None:
            self._scenario = self._client.scatter(scenario, broadcast=True, hash=False)
        futures = [
            self._client.submit(replicate, self._scenario, window, seed=seed, replication=r, pure=False)
            for r in replications
        ]
        try:
            for future in futures:
                yield future.result()
        finally:
            self._client.cancel(futures)
